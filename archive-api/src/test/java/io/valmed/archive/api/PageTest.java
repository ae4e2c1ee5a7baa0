package io.valmed.archive.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.databases.hold.PurgeHolds;
import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.Status;
import io.valmed.archive.runtime.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page in a real browser, over a real archive. */
final class PageTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir static Path folder;
  private static Browser browser;
  private static Settings settings;
  private static InventedStatuses statuses;
  private static ApiService api;

  @BeforeAll
  static void start() throws Exception {
    browser = Browser.open();
    Site site = Site.make(folder);
    settings = site.with("token-file: token");
    statuses = new InventedStatuses();
    api = ApiService.start(settings, "1.2.3", statuses);
    // A history of 50 minutes, in which the sink was down for a while.
    Instant now = Instant.now();
    for (int seconds = 3_000; seconds > 0; seconds -= 10) {
      Instant at = now.minusSeconds(seconds);
      boolean down = seconds < 1_500 && seconds > 1_200;
      boolean behind = seconds <= 1_200 && seconds > 1_050;
      statuses.measure(
          down
              ? Hospital.sinkDown(at)
              : behind ? Hospital.troubled(at, Hop.SINK, HopState.CATCHING_UP) : Hospital.well(at));
    }
    await()
        .atMost(PATIENCE)
        .until(() -> Answers.of(api).json("/v1/history?range=1h").path("at").size() > 250);
  }

  @AfterAll
  static void stop() {
    if (api != null) {
      api.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  private static void show(Status status, int width, String scheme) {
    statuses.measure(status);
    browser.as(width, 900, scheme).driver().get("about:blank");
    browser.driver().get(api.address());
    awaitText("sentence", status.sentence());
    await()
        .atMost(PATIENCE)
        .until(() -> browser.driver().findElements(By.cssSelector("canvas")).size() == 5);
  }

  private static void awaitText(String id, String text) {
    await().atMost(PATIENCE).until(() -> browser.text(id).equals(text));
  }

  @ParameterizedTest
  @EnumSource(HopState.class)
  void each_state_is_told_by_a_word_with_its_cause_and_what_to_do(HopState state) {
    show(Hospital.well(Instant.now()), 1920, "light");
    Status troubled = Hospital.troubled(Instant.now(), Hop.SINK, state);

    statuses.measure(troubled);

    awaitText("sentence", troubled.sentence());
    assertThat(browser.text("state")).isEqualTo(state.label());
    assertThat(browser.text("action")).contains("./archive doctor");
    assertThat(browser.text("hop-sink")).contains(state.label());
    assertThat(browser.driver().findElement(By.id("hop-sink")).getDomAttribute("class"))
        .contains("cause");
    assertThat(browser.driver().getTitle()).contains(state.label());
    assertThat(browser.text("announce")).contains(troubled.sentence());
    assertThat(browser.complaints()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"360,light", "360,dark", "1920,light", "1920,dark", "820,light", "1280,dark"})
  void it_works_narrow_and_wide_light_and_dark(int width, String scheme) throws Exception {
    for (String state : new String[] {"well", "down", "held", "away"}) {
      Instant now = Instant.now();
      show(
          switch (state) {
            case "well" -> Hospital.well(now);
            case "down" -> Hospital.sinkDown(now);
            case "held" -> Hospital.held(now);
            default -> Hospital.hotAway(now);
          },
          width,
          scheme);

      assertThat(browser.ask("document.documentElement.scrollWidth <= window.innerWidth"))
          .as("nothing is cut off at the right")
          .isEqualTo("true");
      browser.picture("%s-%d-%s".formatted(state, width, scheme));
      assertThat(browser.violations()).isEmpty();
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void every_plot_has_its_numbers_as_a_table() {
    show(Hospital.well(Instant.now()), 1280, "light");

    for (WebElement plot : browser.driver().findElements(By.cssSelector("figure.plot"))) {
      plot.findElement(By.cssSelector("summary")).sendKeys(Keys.ENTER);
      assertThat(plot.findElements(By.cssSelector("tbody tr")))
          .as(plot.getText())
          .hasSizeBetween(8, 13);
      assertThat(plot.findElement(By.cssSelector("tbody td")).isDisplayed()).isTrue();
    }
    assertThat(browser.driver().findElements(By.cssSelector("figure.plot"))).hasSize(6);
  }

  @Test
  void everything_is_reached_by_keyboard() {
    show(Hospital.well(Instant.now()), 1280, "light");
    WebElement body = browser.driver().findElement(By.tagName("body"));

    body.sendKeys(Keys.TAB);
    assertThat(browser.ask("document.activeElement.className")).isEqualTo("skip");
    browser.driver().switchTo().activeElement().sendKeys(Keys.TAB);
    assertThat(browser.ask("document.activeElement.value")).isEqualTo("1h");
    browser.driver().switchTo().activeElement().sendKeys(Keys.ARROW_RIGHT);

    assertThat(browser.ask("location.hash")).isEqualTo("#6h");
    await().atMost(PATIENCE).until(() -> browser.text("young").contains("the plots begin there"));
  }

  @Test
  void who_has_the_token_holds_and_releases_the_purge_on_the_page() throws Exception {
    show(Hospital.well(Instant.now()), 1280, "light");

    browser.driver().findElement(By.id("pause")).sendKeys(Keys.ENTER);
    type("token", "wrong");
    type("by", "anna");
    type("reason", "before the upgrade" + Keys.ENTER);
    await().atMost(PATIENCE).until(() -> browser.text("dialog").contains("needs the token"));
    assertThat(new PurgeHolds(settings).open()).isEmpty();
    browser.picture("dialog");
    assertThat(browser.violations()).isEmpty();
    type("token", Site.TOKEN + Keys.ENTER);
    await().atMost(PATIENCE).until(() -> new PurgeHolds(settings).open().size() == 2);
    await()
        .atMost(PATIENCE)
        .until(() -> browser.ask("document.getElementById('dialog').open").equals("false"));

    browser.driver().findElement(By.id("resume")).click();
    type("token", Site.TOKEN + Keys.ENTER);
    await().atMost(PATIENCE).until(() -> browser.text("dialog").contains("before the upgrade"));
    browser.driver().findElement(By.cssSelector("#dialog .hold button")).click();
    await().atMost(PATIENCE).until(() -> browser.text("dialog").contains("No hold is open"));
    assertThat(new PurgeHolds(settings).open()).isEmpty();
  }

  private static void type(String field, String text) {
    WebElement input =
        browser.driver().findElement(By.cssSelector("#dialog input[name=" + field + "]"));
    input.clear();
    input.sendKeys(text);
  }

  @Test
  void a_young_and_quiet_installation_explains_itself(@TempDir Path other) throws Exception {
    InventedStatuses first = new InventedStatuses();
    try (ApiService young = ApiService.start(Site.make(other).settings(), "1.2.3", first)) {
      first.measure(Hospital.hotAway(Instant.now()));
      browser.as(1920, 900, "light").driver().get(young.address());
      await().atMost(PATIENCE).until(() -> !browser.text("young").isEmpty());
      await().atMost(PATIENCE).until(() -> browser.text("events").contains("started"));

      assertThat(browser.text("young")).contains("Recording");
      assertThat(browser.text("plots")).contains("10 s apart, make a line");
      assertThat(browser.text("purge")).contains("Neither database told");
      assertThat(browser.text("purge")).contains("./archive purge pause");
      await().atMost(PATIENCE).until(() -> browser.text("kpi-note").contains("every day"));
      assertThat(browser.text("content").toLowerCase(java.util.Locale.ROOT))
          .doesNotContain("no data", "undefined", "null", "nan");
      browser.picture("young");
      assertThat(browser.violations()).isEmpty();
    }
    await().atMost(PATIENCE).until(() -> browser.text("live").contains("hears nothing"));
  }
}
