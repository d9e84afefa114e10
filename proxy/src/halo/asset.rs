//! Assets, as far as opening their device needs them.

use super::{AccessToken, Halo, HaloError, fault::Call, shape};
use halo_remote_support::rules::words::AssetId;
use serde::Deserialize;
use serde_json::Value;

/// An asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Halo's id.
    pub id: AssetId,
    /// Its tag (`inventory_number`); empty when it has none.
    pub tag: String,
    /// What it is called besides (`key_field`), often a host name.
    pub name: Option<String>,
    /// Its type.
    pub kind: Option<String>,
    /// Customer.
    pub client_name: Option<String>,
    /// Site of the customer.
    pub site_name: Option<String>,
    /// Its user.
    pub user_name: Option<String>,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default, deserialize_with = "shape::id")]
    id: Option<u32>,
    #[serde(default, deserialize_with = "shape::text")]
    inventory_number: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    key_field: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    assettype_name: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    client_name: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    site_name: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    username: Option<String>,
}

fn read(value: Value) -> Option<Asset> {
    let raw: Raw = serde_json::from_value(value).ok()?;
    Some(Asset {
        id: AssetId::new(raw.id?)?,
        tag: raw.inventory_number.unwrap_or_default(),
        name: raw.key_field,
        kind: raw.assettype_name,
        client_name: raw.client_name,
        site_name: raw.site_name,
        user_name: raw.username,
    })
}

pub fn one((value, call): (Value, Call)) -> Result<Asset, HaloError> {
    shape::single(value).and_then(read).ok_or(HaloError::NotFound { call })
}

/// Some assets whose tag holds this text: a short tag is part of thousands.
pub async fn like(halo: &Halo, token: &AccessToken, text: &str) -> Result<Vec<Asset>, HaloError> {
    let query = [("search", text), ("search_inventory_number_only", "true"), ("count", "50")];
    let items = halo.some(token, "read assets", "Asset", "assets", &query).await?;
    Ok(items.into_iter().filter_map(read).collect())
}
