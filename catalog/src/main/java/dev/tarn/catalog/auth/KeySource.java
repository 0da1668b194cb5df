package dev.tarn.catalog.auth;

import com.nimbusds.jose.jwk.JWK;
import java.util.List;

/** The public keys of one issuer. Thread-safe. */
interface KeySource {
    /**
     * The keys that are valid now.
     *
     * @param keyId id of the key that is looked for, empty if it is not known; a source that does not have it may look again
     * @throws dev.tarn.common.TarnException UNAUTHENTICATED if no key was ever known, so that nothing can be checked
     */
    List<JWK> keys(String keyId);
}
