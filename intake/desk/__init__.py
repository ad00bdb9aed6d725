"""What people do with cases: each verb one transaction of the store, by the States table of `casework`."""
