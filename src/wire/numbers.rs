//! The health and the life cycle of virtual numbers (VNU).

use jiff::Timestamp;

use super::json::{Raw, fields, words};
use crate::call::{Country, Party};

/// How it stands with the virtual numbers of a subaccount.
#[derive(Debug, Clone)]
pub struct NumberUpdate {
    pub sub_account: Option<String>,
    pub total: Option<u32>,
    pub kind: Option<UpdateKind>,
    pub numbers: Vec<NumberState>,
}

words! {
    /// Whether all numbers are told, or those that changed.
    UpdateKind {
        Snapshot: "SNAPSHOT",
        Updates: "UPDATES",
    }
}

/// One virtual number.
#[derive(Debug, Clone)]
pub struct NumberState {
    pub number: Party,
    pub updated: Option<Timestamp>,
    pub country: Option<Country>,
    pub status: Option<OperationalStatus>,
    pub reference: Option<String>,
    pub rental_price: Option<f64>,
    pub incoming_rate: Option<f64>,
    /// The step in which calls are charged, in seconds.
    pub billing_unit: Option<u32>,
    pub billing_currency: Option<String>,
    pub is_health_checked: Option<bool>,
    pub change: Option<NumberChange>,
}

words! {
    OperationalStatus {
        Active: "Active",
        Unhealthy: "Unhealthy",
        Expiring: "Expiring",
        Inactive: "Inactive",
    }
}

words! {
    NumberChange {
        Updated: "UPDATED",
        NoChange: "NO_CHANGE",
    }
}

fields! {
    UpdateFields {
        sub_account: b"subAccountId",
        total: b"totalNumbers",
        kind: b"updateEventType",
        numbers: b"virtualNumbers",
    }
}

fields! {
    NumberFields {
        msisdn: b"msisdn",
        updated: b"updatedTimestamp",
        country: b"countryCode",
        status: b"operationalStatus",
        reference: b"referenceId",
        rental_price: b"rentalPrice",
        incoming_rate: b"incomingRate",
        billing_unit: b"billingUnit",
        billing_currency: b"billingCurrency",
        is_health_checked: b"numberHealthCheckEnabled",
        change: b"updateStatus",
    }
}

impl NumberUpdate {
    pub(super) fn read(fields: UpdateFields<'_>) -> Self {
        let numbers = fields.numbers.list();
        NumberUpdate {
            sub_account: fields.sub_account.owned_text(),
            total: fields.total.whole(),
            kind: UpdateKind::read(fields.kind),
            numbers: numbers.into_iter().filter_map(NumberState::read).collect(),
        }
    }
}

impl NumberState {
    fn read(raw: Raw<'_>) -> Option<Self> {
        let fields: NumberFields<'_> = raw.object()?;
        Some(NumberState {
            number: fields.msisdn.party(),
            updated: fields.updated.time(),
            country: fields.country.country(),
            status: OperationalStatus::read(fields.status),
            reference: fields.reference.owned_text(),
            rental_price: fields.rental_price.number(),
            incoming_rate: fields.incoming_rate.number(),
            billing_unit: fields.billing_unit.whole(),
            billing_currency: fields.billing_currency.owned_text(),
            is_health_checked: fields.is_health_checked.flag(),
            change: NumberChange::read(fields.change),
        })
    }
}
