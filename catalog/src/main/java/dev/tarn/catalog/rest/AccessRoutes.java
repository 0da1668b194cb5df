package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.auth.Access;
import dev.tarn.catalog.auth.AccessAdministration;
import dev.tarn.catalog.auth.GrantAdministration;
import dev.tarn.catalog.auth.GrantTarget;
import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.auth.Securable;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.store.PrincipalRecord;
import dev.tarn.catalog.store.RoleRecord;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.exceptions.BadRequestException;

/** The administration of principals, roles and grants, below {@code /management/v1}. Thread-safe. */
final class AccessRoutes {
    private static final Guard ADMINISTRATOR = Guard.server(Privilege.SERVICE_ADMIN);

    private final Access access;
    private final AccessAdministration principals;
    private final GrantAdministration grants;

    AccessRoutes(Access access) {
        this.access = access;
        this.principals = access.principals();
        this.grants = access.grants();
    }

    List<Route> routes() {
        String all = ManagementRoutes.BASE + "/principals";
        String one = all + "/{principal}";
        String roles = ManagementRoutes.BASE + "/roles";
        Guard grantor = Guard.action(Privilege.CATALOG_MANAGE_ACCESS, Privilege.SERVICE_ADMIN);
        return List.of(
                Route.of("GET", all, ADMINISTRATOR, this::listPrincipals),
                Route.of("POST", all, ADMINISTRATOR, this::createPrincipal),
                Route.of("GET", one, ADMINISTRATOR, this::describePrincipal),
                Route.of("DELETE", one, ADMINISTRATOR, this::dropPrincipal),
                Route.of("POST", one + "/rotate", Guard.action(Privilege.SERVICE_ADMIN), this::rotate),
                Route.of("POST", one + "/activate", ADMINISTRATOR, this::activate),
                Route.of("POST", one + "/deactivate", ADMINISTRATOR, this::deactivate),
                Route.of("PUT", one + "/roles/{role}", ADMINISTRATOR, this::assign),
                Route.of("DELETE", one + "/roles/{role}", ADMINISTRATOR, this::unassign),
                Route.of("GET", roles, ADMINISTRATOR, this::listRoles),
                Route.of("POST", roles, ADMINISTRATOR, this::createRole),
                Route.of("DELETE", roles + "/{role}", ADMINISTRATOR, this::dropRole),
                Route.of("GET", roles + "/{role}/grants", ADMINISTRATOR, this::listGrants),
                Route.of("POST", roles + "/{role}/grants", grantor, this::grant),
                Route.of("POST", roles + "/{role}/grants/revoke", grantor, this::revoke),
                Route.of(
                        "POST", ManagementRoutes.BASE + "/signing-keys/rotate", ADMINISTRATOR, this::rotateSigningKey));
    }

    private Response listPrincipals(RestRequest request) {
        return Pages.always(request)
                .respond("principals", principals::principals, PrincipalRecord::name, AccessRoutes::describe);
    }

    private Response createPrincipal(RestRequest request) {
        ObjectNode body = Json.readObject(request.http().body());
        return shownOnce(principals.createPrincipal(
                request.caller(),
                text(body, "name"),
                optionalText(body, "identity"),
                Json.textMap(body, "properties")));
    }

    private Response describePrincipal(RestRequest request) {
        PrincipalRecord principal = principals.principal(request.pathText("principal"));
        ObjectNode body = describe(principal);
        body.set(
                "roles",
                Json.node(principals.rolesOf(principal.name()).stream()
                        .map(RoleRecord::name)
                        .toList()));
        return Replies.json(body);
    }

    private Response dropPrincipal(RestRequest request) {
        principals.dropPrincipal(request.caller(), request.pathText("principal"));
        return Replies.noContent();
    }

    /** Everybody may replace their own secret. */
    private Response rotate(RestRequest request) {
        String name = request.pathText("principal");
        if (!principals.isSelf(request.caller(), name)) {
            request.require(Privilege.SERVICE_ADMIN, Securable.server());
        }
        return shownOnce(principals.rotateSecret(request.caller(), name));
    }

    private Response activate(RestRequest request) {
        return Replies.json(describe(principals.activate(request.caller(), request.pathText("principal"))));
    }

    private Response deactivate(RestRequest request) {
        return Replies.json(describe(principals.deactivate(request.caller(), request.pathText("principal"))));
    }

    private Response assign(RestRequest request) {
        principals.assign(request.caller(), request.pathText("principal"), request.pathText("role"));
        return Replies.noContent();
    }

    private Response unassign(RestRequest request) {
        principals.unassign(request.caller(), request.pathText("principal"), request.pathText("role"));
        return Replies.noContent();
    }

    private Response listRoles(RestRequest request) {
        return Pages.always(request).respond("roles", principals::roles, RoleRecord::name, AccessRoutes::describe);
    }

    private Response createRole(RestRequest request) {
        ObjectNode body = Json.readObject(request.http().body());
        return Replies.json(describe(principals.createRole(request.caller(), text(body, "name"))));
    }

    private Response dropRole(RestRequest request) {
        principals.dropRole(request.caller(), request.pathText("role"));
        return Replies.noContent();
    }

    private Response listGrants(RestRequest request) {
        ObjectNode body = Json.object();
        body.set(
                "grants",
                Json.node(grants.grantsOf(request.pathText("role")).stream()
                        .map(AccessRoutes::describe)
                        .toList()));
        return Replies.json(body);
    }

    private Response grant(RestRequest request) {
        ObjectNode body = Json.readObject(request.http().body());
        grants.grant(request.caller(), request.pathText("role"), text(body, "privilege"), target(body));
        return Replies.noContent();
    }

    private Response revoke(RestRequest request) {
        ObjectNode body = Json.readObject(request.http().body());
        grants.revoke(request.caller(), request.pathText("role"), text(body, "privilege"), target(body));
        return Replies.noContent();
    }

    private Response rotateSigningKey(RestRequest request) {
        access.rotateSigningKey()
                .orElseThrow(() -> new TarnException(
                        ErrorKind.INVALID, "This catalog signs no tokens: 'own' is not in 'catalog.auth.mode'"))
                .run();
        return Replies.noContent();
    }

    private static Response shownOnce(AccessAdministration.WithSecret made) {
        ObjectNode body = describe(made.principal());
        made.secret().ifPresent(secret -> body.put("client-secret", secret.reveal()));
        return Response.of(
                200, Map.of("content-type", "application/json", "cache-control", "no-store"), Json.bytes(body));
    }

    private static ObjectNode describe(PrincipalRecord principal) {
        ObjectNode body = Json.object();
        body.put("name", principal.name());
        body.put(principal.secretHash().isEmpty() ? "identity" : "client-id", principal.clientId());
        body.put("active", principal.active());
        body.set("properties", Json.node(new TreeMap<>(principal.properties())));
        return body;
    }

    private static ObjectNode describe(RoleRecord role) {
        ObjectNode body = Json.object();
        body.put("name", role.name());
        return body;
    }

    private static ObjectNode describe(GrantAdministration.Grant grant) {
        ObjectNode body = Json.object();
        body.put("privilege", grant.privilege());
        ObjectNode on = body.putObject("on");
        if (!grant.on().warehouse().isEmpty()) {
            on.put("warehouse", grant.on().warehouse());
        }
        if (!grant.on().namespace().isEmpty()) {
            on.set("namespace", Json.node(grant.on().namespace()));
        }
        if (!grant.on().table().isEmpty()) {
            on.put("table", grant.on().table());
        }
        if (!grant.on().view().isEmpty()) {
            on.put("view", grant.on().view());
        }
        return body;
    }

    private static GrantTarget target(ObjectNode body) {
        if (!(body.path("on") instanceof ObjectNode on)) {
            throw new BadRequestException("Field 'on' must be an object; an empty one is the server");
        }
        List<String> namespace = new ArrayList<>();
        for (JsonNode level : on.path("namespace")) {
            if (!level.isTextual()) {
                throw new BadRequestException("The levels of a namespace must be strings");
            }
            namespace.add(level.textValue());
        }
        return new GrantTarget(
                optionalText(on, "warehouse"), namespace, optionalText(on, "table"), optionalText(on, "view"));
    }

    private static String text(ObjectNode body, String field) {
        String value = optionalText(body, field);
        if (value.isEmpty()) {
            throw new BadRequestException("Field '%s' must be a text", field);
        }
        return value;
    }

    private static String optionalText(ObjectNode body, String field) {
        JsonNode value = body.path(field);
        if (!value.isTextual() && !value.isMissingNode() && !value.isNull()) {
            throw new BadRequestException("Field '%s' must be a text", field);
        }
        return value.asText("");
    }
}
