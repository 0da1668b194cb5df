package dev.tarn.catalog.rest;

import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.auth.Securable;
import java.util.List;

/**
 * What a caller needs to use a route. It is declared beside the route, so that no route can be without.
 *
 * @param by who looks at it
 * @param privileges all of them are needed if the path is what counts; else those that the action may ask for
 */
record Guard(By by, List<Privilege> privileges) {
    /** Who decides about a request. */
    enum By {
        /** The privileges on what the path names, before the action runs. */
        PATH,
        /** The privileges on the server, before the action runs. */
        SERVER,
        /** The action itself, since the body or the parameters say what is concerned. */
        ACTION,
        /** Nothing but a login. */
        LOGIN,
        /** Nobody: the route is what a caller without a login uses. */
        NOBODY
    }

    Guard {
        privileges = List.copyOf(privileges);
        boolean named = by == By.PATH || by == By.SERVER || by == By.ACTION;
        if (named == privileges.isEmpty()) {
            throw new IllegalArgumentException("guard %s cannot have the privileges %s".formatted(by, privileges));
        }
    }

    static Guard path(Privilege... privileges) {
        return new Guard(By.PATH, List.of(privileges));
    }

    static Guard server(Privilege... privileges) {
        return new Guard(By.SERVER, List.of(privileges));
    }

    static Guard action(Privilege... privileges) {
        return new Guard(By.ACTION, List.of(privileges));
    }

    static Guard login() {
        return new Guard(By.LOGIN, List.of());
    }

    static Guard nobody() {
        return new Guard(By.NOBODY, List.of());
    }

    /** Refuses a request whose caller may not do this to what the path names, or to the server. */
    void check(RestRequest request) {
        if (by == By.PATH || by == By.SERVER) {
            Securable on = by == By.PATH ? request.securable() : Securable.server();
            privileges.forEach(privilege -> request.require(privilege, on));
        }
    }
}
