//! `GET numbers` and `numbers/{number}`: the virtual numbers of a subaccount.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NumberPage {
    pub total_numbers: u32,
    /// RFC 3339.
    pub last_updated_at: Option<String>,
    pub numbers: Vec<OwnNumber>,
    /// 0.
    #[serde(deserialize_with = "super::code")]
    pub status_code: i32,
    pub status_message: String,
}

/// A virtual number. Prices and reference ids are in other fields, which are not read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OwnNumber {
    /// E.164, with or without `+`.
    pub msisdn: String,
    /// RFC 3339, like all times here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_updated: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    /// Active, Expiring or Inactive.
    pub operational_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_type: Option<String>,
    pub number_health_check_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_health: Option<Health>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Health {
    pub is_healthy: bool,
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_checked_time: Option<String>,
}

/// `GET numbers/{number}`, 200. Where there is no such number the answer is 404 and a
/// [`super::Told`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NumberAnswer {
    /// 0.
    #[serde(deserialize_with = "super::code")]
    pub status_code: i32,
    pub status_message: String,
    pub timestamp: String,
    pub payload: NumberId,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NumberId {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
    pub msisdn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
}
