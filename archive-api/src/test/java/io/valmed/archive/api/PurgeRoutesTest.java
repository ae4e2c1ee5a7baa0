package io.valmed.archive.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.databases.hold.PurgeHolds;
import io.valmed.archive.runtime.settings.Settings;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holding and releasing the purge, for whoever has the token. */
final class PurgeRoutesTest {
  private static final String[] TOKEN = {"Authorization", "Bearer " + Site.TOKEN};
  private static final String PAUSE =
      "{\"by\":\"anna\",\"reason\":\"before the upgrade\",\"table\":\"*\"}";

  @TempDir Path folder;

  @Test
  void without_a_token_file_nobody_may() throws Exception {
    Site site = Site.make(folder);
    try (ApiService api = ApiService.start(site.settings(), "1", new InventedStatuses())) {
      HttpResponse<String> answer = Answers.of(api).post("/v1/purge/pause", PAUSE, TOKEN);

      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(Answers.json(answer).path("problem").asText()).contains("api.token-file");
      assertThat(Answers.of(api).json("/v1/about").path("mayHold").asBoolean()).isFalse();
      assertThat(new PurgeHolds(site.settings()).open()).isEmpty();
    }
  }

  @Test
  void without_the_token_nobody_may() throws Exception {
    Site site = Site.make(folder);
    Settings settings = site.with("token-file: token");
    try (ApiService api = ApiService.start(settings, "1", new InventedStatuses())) {
      Answers answers = Answers.of(api);

      assertThat(answers.post("/v1/purge/pause", PAUSE).statusCode()).isEqualTo(401);
      assertThat(answers.post("/v1/purge/pause", PAUSE, "Authorization", "Bearer no").statusCode())
          .isEqualTo(401);
      assertThat(answers.get("/v1/purge/holds").statusCode()).isEqualTo(401);
      Files.writeString(folder.resolve("token"), "\n");
      assertThat(answers.post("/v1/purge/pause", PAUSE, TOKEN).statusCode()).isEqualTo(403);
      assertThat(new PurgeHolds(settings).open()).isEmpty();
    }
  }

  @Test
  void a_hold_stands_in_both_databases_and_ends_by_its_name() throws Exception {
    Site site = Site.make(folder);
    Settings settings = site.with("token-file: token");
    try (ApiService api = ApiService.start(settings, "1", new InventedStatuses())) {
      Answers answers = Answers.of(api);

      HttpResponse<String> paused = answers.post("/v1/purge/pause", PAUSE, TOKEN);
      var held = new PurgeHolds(settings).open();
      String name = Answers.json(paused).path("holds").path(0).path("hold").asText();
      HttpResponse<String> released =
          answers.post("/v1/purge/resume", "{\"by\":\"ben\",\"hold\":\"" + name + "\"}", TOKEN);

      assertThat(paused.statusCode()).isEqualTo(200);
      assertThat(held).extracting(PurgeHolds.Hold::database).containsExactly("hot", "archive");
      assertThat(held).allMatch(hold -> hold.heldBy().equals("status page: anna"));
      assertThat(released.statusCode()).as(released.body()).isEqualTo(200);
      assertThat(Answers.json(released).path("holds")).isEmpty();
      assertThat(new PurgeHolds(settings).open()).isEmpty();
    }
  }

  @Test
  void what_cannot_be_meant_is_refused() throws Exception {
    Site site = Site.make(folder);
    Settings settings = site.with("token-file: token");
    try (ApiService api = ApiService.start(settings, "1", new InventedStatuses())) {
      Answers answers = Answers.of(api);

      assertThat(answers.post("/v1/purge/pause", "{\"by\":\"anna\"}", TOKEN).statusCode())
          .isEqualTo(400);
      assertThat(answers.post("/v1/purge/pause", "no JSON", TOKEN).statusCode()).isEqualTo(400);
      assertThat(
              answers
                  .post("/v1/purge/pause", PAUSE.replace("*", "public.drugs"), TOKEN)
                  .statusCode())
          .isEqualTo(400);
      assertThat(
              answers
                  .post("/v1/purge/resume", "{\"by\":\"ben\",\"hold\":\"hot/77\"}", TOKEN)
                  .statusCode())
          .isEqualTo(404);
      assertThat(new PurgeHolds(settings).open()).isEmpty();
    }
  }
}
