//! Numbers told to whoever registers for them (VNU).

use std::sync::Arc;

use super::Emulator;
use super::registered::Registered;
use crate::call::Party;
use crate::platform::drive::Kind;
use crate::wire::{
    NumberChange, NumberState, NumberUpdate, OperationalStatus, UpdateKind, write_numbers,
};

impl Emulator {
    /// A webhook was registered. For numbers, it is told at once how they stand.
    pub(super) fn announce(&self, subaccount: &str, webhook: &Arc<Registered>) {
        if webhook.kind != Kind::Vnu || !webhook.enabled {
            return;
        }
        let now = self.config.clock.now();
        let numbers = self.config.numbers.shown();
        let snapshot = write_numbers(&NumberUpdate {
            sub_account: Some(subaccount.to_owned()),
            total: Some(numbers.len() as u32),
            kind: Some(UpdateKind::Snapshot),
            numbers: numbers
                .into_iter()
                .map(|number| NumberState {
                    number: Party::Number(number),
                    updated: Some(now),
                    country: None,
                    status: Some(OperationalStatus::Active),
                    reference: None,
                    rental_price: None,
                    incoming_rate: None,
                    billing_unit: None,
                    billing_currency: None,
                    is_health_checked: Some(true),
                    change: Some(NumberChange::NoChange),
                })
                .collect(),
        });
        let target = Arc::clone(webhook.delivery());
        tokio::spawn(async move {
            // Whoever registers need not be up yet.
            let _ = target.post(&snapshot).await;
        });
    }
}
