"""The doors people come in by: public places, the tenant's pages, the officer's desk."""
