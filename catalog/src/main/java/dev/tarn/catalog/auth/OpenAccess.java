package dev.tarn.catalog.auth;

import dev.tarn.catalog.store.CatalogStore;
import java.util.Optional;

/** Everybody is the same caller and may do everything: for servers that only this machine or a trusted network reaches. */
public final class OpenAccess implements AccessControl, Authorizer {
    @Override
    public Caller authenticate(Optional<String> authorization) {
        return Caller.ANONYMOUS;
    }

    @Override
    public Optional<Caller> callerInMemory(Optional<String> authorization) {
        return Optional.of(Caller.ANONYMOUS);
    }

    @Override
    public boolean mayInMemory(Caller caller, Privilege privilege, Securable on) {
        return true;
    }

    @Override
    public Authorizer ofServer() {
        return this;
    }

    @Override
    public Authorizer ofWarehouse(String warehouseId, CatalogStore objects) {
        return this;
    }

    @Override
    public boolean may(Caller caller, Privilege privilege, Securable on) {
        return true;
    }

    @Override
    public void require(Caller caller, Privilege privilege, Securable on) {
        // Nothing is refused here.
    }
}
