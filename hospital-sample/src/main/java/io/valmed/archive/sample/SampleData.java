package io.valmed.archive.sample;

import io.valmed.archive.sample.SampleRow.Administration;
import io.valmed.archive.sample.SampleRow.Drug;
import io.valmed.archive.sample.SampleRow.Order;
import io.valmed.archive.sample.SampleRow.Transfer;
import io.valmed.archive.sample.SampleRow.User;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * The rows of an invented hospital. Each order depends on the seed and its number alone, so that
 * the same ones come out again whichever are asked for. Users and drugs are the same in every
 * hospital.
 */
final class SampleData {
  static final int USERS = 50;
  static final int DRUGS = 200;
  static final int ORDERS_PER_TRANSFER = 10;

  private static final long STAFF_SEED = 20_260_101L;
  private static final Duration QUIET = Duration.ofMinutes(20);
  private static final int DOCTORS = 20;
  private static final int NURSES = 25;

  private final long seed;
  private final int orders;
  private final Duration history;
  private final LocalDateTime now;
  private final List<User> users;
  private final List<Drug> drugs;

  /**
   * @param seed which hospital
   * @param orders how many orders its history has
   * @param history how far back it goes
   * @param now hot's clock, UTC: nothing is younger
   */
  SampleData(long seed, int orders, Duration history, LocalDateTime now) {
    this.seed = seed;
    this.orders = orders;
    this.history = history;
    this.now = now.truncatedTo(ChronoUnit.MICROS);
    this.users = makeUsers();
    this.drugs = makeDrugs();
  }

  List<User> users() {
    return users;
  }

  List<Drug> drugs() {
    return drugs;
  }

  int orders() {
    return orders;
  }

  int transfers() {
    return orders / ORDERS_PER_TRANSFER;
  }

  /** Order number {@code i}, from 0, oldest first. */
  Order order(int i) {
    SplittableRandom random = random(1, i);
    UUID id = uuid(random);
    Duration age = age(i, orders, random);
    String status = status(age, random);
    LocalDateTime createdAt = random.nextInt(200) == 0 ? null : now.minus(age);
    return new Order(
        id,
        patient(random),
        anyDrug(random),
        1 + random.nextInt(8),
        pick(SampleWords.SCHEDULES, random),
        status,
        doctor(random),
        createdAt);
  }

  /** The administrations of an order: three on average, none in the future. */
  List<Administration> administrations(int i, Order order) {
    SplittableRandom random = random(2, i);
    LocalDateTime created = order.createdAt();
    LocalDateTime time = created == null ? now.minusDays(7) : created;
    List<Administration> given = new ArrayList<>();
    for (int left = random.nextInt(7); left > 0; left--) {
      time = time.plusMinutes(30 + random.nextInt(1_000)).plusNanos(random.nextInt(1_000) * 1_000L);
      given.add(
          new Administration(
              uuid(random), order.id(), nurse(random), time.isAfter(now) ? now : time));
    }
    return given;
  }

  /** Transfer number {@code i}, from 0, oldest first. */
  Transfer transfer(int i) {
    SplittableRandom random = random(3, i);
    UUID id = uuid(random);
    Duration age = age(i, transfers(), random);
    return new Transfer(
        id,
        anyDrug(random),
        pick(SampleWords.WARDS, random),
        pick(SampleWords.WARDS, random),
        1 + random.nextInt(50),
        pharmacist(random),
        now.minus(age));
  }

  String patient(SplittableRandom random) {
    return pick(SampleWords.FIRST_NAMES, random) + " " + pick(SampleWords.LAST_NAMES, random);
  }

  UUID anyDrug(SplittableRandom random) {
    return drugs.get(random.nextInt(drugs.size())).id();
  }

  UUID doctor(SplittableRandom random) {
    return users.get(random.nextInt(DOCTORS)).id();
  }

  UUID nurse(SplittableRandom random) {
    return users.get(DOCTORS + random.nextInt(NURSES)).id();
  }

  UUID pharmacist(SplittableRandom random) {
    int first = DOCTORS + NURSES;
    return users.get(first + random.nextInt(USERS - first)).id();
  }

  static <T> T pick(List<T> from, SplittableRandom random) {
    return from.get(random.nextInt(from.size()));
  }

  static UUID uuid(SplittableRandom random) {
    long high = (random.nextLong() & 0xffffffffffff0fffL) | 0x4000L;
    long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
    return new UUID(high, low);
  }

  private SplittableRandom random(int kind, int number) {
    return new SplittableRandom(seed * 0x9e3779b97f4a7c15L + kind * 0x100000001L + number * 31L);
  }

  private Duration age(int i, int of, SplittableRandom random) {
    double share = (of - i - random.nextDouble()) / of;
    long micros = (long) (history.toSeconds() * 1_000_000.0 * Math.max(0, share));
    return Duration.of(micros, ChronoUnit.MICROS).minus(untilNextMonth(micros));
  }

  /** A row about to pass 30, 60, 90 … days is made younger, so that counts hold still meanwhile. */
  private static Duration untilNextMonth(long micros) {
    long month = Duration.ofDays(30).toNanos() / 1_000;
    boolean soon = month - micros % month < QUIET.toNanos() / 1_000;
    return soon ? QUIET : Duration.ZERO;
  }

  private static String status(Duration age, SplittableRandom random) {
    int of100 = random.nextInt(100);
    boolean recent = age.toDays() < 30;
    if (of100 < (recent ? 50 : 5)) {
      return "active";
    }
    return of100 < 90 ? "completed" : "discontinued";
  }

  private static List<User> makeUsers() {
    SplittableRandom random = new SplittableRandom(STAFF_SEED);
    List<User> users = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      String role = i < DOCTORS ? "doctor" : i < DOCTORS + NURSES ? "nurse" : "pharmacist";
      UUID id = uuid(random);
      String secret = Long.toHexString(random.nextLong());
      users.add(
          new User(id, role + i + "@valmed.example", "$2b$12$" + secret, "key-" + secret, role));
    }
    return List.copyOf(users);
  }

  private static List<Drug> makeDrugs() {
    SplittableRandom random = new SplittableRandom(STAFF_SEED + 1);
    List<Drug> drugs = new ArrayList<>();
    Set<String> taken = new LinkedHashSet<>();
    while (drugs.size() < DRUGS) {
      String name = pick(SampleWords.SUBSTANCES, random);
      String form = pick(SampleWords.FORMS, random);
      String strength = pick(SampleWords.STRENGTHS, random);
      if (taken.add(name + "/" + form + "/" + strength)) {
        drugs.add(new Drug(uuid(random), name, form, strength, random.nextInt(500), 10));
      }
    }
    return List.copyOf(drugs);
  }
}
