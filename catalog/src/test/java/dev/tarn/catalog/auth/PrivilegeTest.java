package dev.tarn.catalog.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrivilegeTest {
    @Test
    void whoMayWriteDataMayReadThemAndSeeTheTable() {
        assertThat(Privilege.TABLE_READ_DATA.grantedBy()).contains(Privilege.TABLE_WRITE_DATA);
        assertThat(Privilege.TABLE_LIST.grantedBy()).contains(Privilege.TABLE_WRITE_DATA, Privilege.TABLE_CREATE);
        assertThat(Privilege.TABLE_WRITE_DATA.grantedBy())
                .containsExactlyInAnyOrder(
                        Privilege.TABLE_WRITE_DATA, Privilege.CATALOG_MANAGE_CONTENT, Privilege.SERVICE_ADMIN);
    }

    @Test
    void metadataPrivilegesNeverReachData() {
        assertThat(Privilege.TABLE_READ_DATA.grantedBy())
                .doesNotContain(Privilege.TABLE_FULL_METADATA, Privilege.CATALOG_MANAGE_METADATA);
    }

    @Test
    void theAdministratorOfTheServiceHoldsEveryPrivilege() {
        assertThat(Privilege.values())
                .allMatch(privilege -> privilege.grantedBy().contains(Privilege.SERVICE_ADMIN));
    }
}
