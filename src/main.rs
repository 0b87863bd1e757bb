fn main() -> std::process::ExitCode {
    ringflow::cli::run()
}
