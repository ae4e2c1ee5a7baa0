package io.valmed.archive.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.config.RoutesConfig;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.UnauthorizedResponse;
import io.valmed.archive.databases.hold.PurgeHolds;
import io.valmed.archive.model.TableId;
import io.valmed.archive.operations.hold.OpenHold;
import io.valmed.archive.runtime.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds and releases the purge for whoever has the token of the settings' {@code api.token-file}.
 * Without such a file nobody may, and the page does not offer it.
 */
final class PurgeRoutes {
  private static final String BEARER = "Bearer ";
  private static final int LONGEST = 500;

  private final Settings settings;
  private final PurgeHolds holds;

  PurgeRoutes(Settings settings) {
    this.settings = settings;
    this.holds = new PurgeHolds(settings);
  }

  void serve(RoutesConfig routes) {
    routes.get("/v1/purge/holds", this::show);
    routes.post("/v1/purge/pause", this::pause);
    routes.post("/v1/purge/resume", this::resume);
  }

  private void show(Context context) throws SQLException {
    allow(context);
    ApiService.answer(context, Json.bytes(open()));
  }

  private void pause(Context context) throws SQLException {
    allow(context);
    JsonNode asked = Json.read(context.bodyAsBytes());
    String by = text(asked, "by", "your name");
    String reason = text(asked, "reason", "why");
    String table = asked.path("table").asText("*").strip();
    holds.pause(table.isEmpty() || table.equals("*") ? "*" : known(table), reason, who(by));
    ApiService.answer(context, Json.bytes(open()));
  }

  private void resume(Context context) throws SQLException {
    allow(context);
    JsonNode asked = Json.read(context.bodyAsBytes());
    String by = text(asked, "by", "your name");
    String name = text(asked, "hold", "the hold's name, such as hot/3");
    List<OpenHold> meant =
        OpenHold.of(holds.open()).stream().filter(hold -> hold.named(name)).toList();
    if (meant.isEmpty()) {
      throw new NotFoundResponse("no open hold is called " + name);
    }
    for (OpenHold hold : meant) {
      if (hold.isAlarm()) {
        throw new BadRequestResponse(
            name + " is an alarm; look into it, then run '" + hold.command() + "'");
      }
      int unused = holds.release(hold.rows(), who(by));
    }
    ApiService.answer(context, Json.bytes(open()));
  }

  private Map<String, Object> open() throws SQLException {
    List<Map<String, Object>> open = new ArrayList<>();
    for (OpenHold hold : OpenHold.of(holds.open())) {
      Map<String, Object> one = new LinkedHashMap<>(hold.toMap());
      one.replaceAll((key, value) -> String.valueOf(value));
      one.put("alarm", hold.isAlarm());
      one.put("line", hold.line());
      open.add(one);
    }
    return Map.of("holds", open);
  }

  private String known(String name) {
    try {
      TableId table = TableId.parse(name);
      if (settings.policy().find(table).filter(t -> t.role().purgeable()).isPresent()) {
        return table.toString();
      }
    } catch (IllegalArgumentException e) {
      throw new BadRequestResponse(String.valueOf(e.getMessage()));
    }
    throw new BadRequestResponse(name + " is no table that the policy purges; nothing is held");
  }

  // Never the name of a service or an alarm, whose holds end by themselves.
  private static String who(String by) {
    return "status page: " + by;
  }

  private static String text(JsonNode asked, String key, String what) {
    String text = asked.path(key).asText("").strip();
    if (text.isEmpty() || text.length() > LONGEST) {
      throw new BadRequestResponse(
          "'%s' must say %s, in at most %d characters".formatted(key, what, LONGEST));
    }
    return text;
  }

  private void allow(Context context) {
    Path file = settings.api().tokenFile();
    if (file == null) {
      throw new ForbiddenResponse(
          "nobody may hold or release the purge here: the settings name no api.token-file; use './archive purge pause'");
    }
    String given = context.header("Authorization");
    if (given == null || !given.startsWith(BEARER) || !equal(given.substring(7), read(file))) {
      context.header("WWW-Authenticate", "Bearer");
      throw new UnauthorizedResponse("this needs the token that is in the api's token file");
    }
  }

  private static String read(Path file) {
    String token;
    try {
      token = Files.readString(file).lines().findFirst().orElse("").strip();
    } catch (IOException e) {
      throw new ForbiddenResponse("the api's token file cannot be read, so nobody may");
    }
    if (token.isEmpty()) {
      throw new ForbiddenResponse("the api's token file is empty, so nobody may");
    }
    return token;
  }

  private static boolean equal(String one, String other) {
    return MessageDigest.isEqual(
        one.strip().getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }
}
