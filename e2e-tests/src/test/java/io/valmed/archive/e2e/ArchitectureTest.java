package io.valmed.archive.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Collectors;

/** Dependencies point one way, and names say what a class does. */
@AnalyzeClasses(
    packages = "io.valmed.archive",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.valmed.archive.";

  @ArchTest
  static final ArchRule the_model_needs_nothing_but_the_jdk_and_streaming_json =
      classes()
          .that()
          .resideInAPackage(ROOT + "model..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              ROOT + "model..", "java..", "com.fasterxml.jackson.core..", "org.jspecify..");

  @ArchTest static final ArchRule the_runtime_sees_the_words_alone = sees("runtime", "model");

  @ArchTest
  static final ArchRule what_both_databases_look_like_sees_no_service =
      sees("databases", "runtime", "model");

  @ArchTest
  static final ArchRule migrations_see_no_service =
      sees("migrations", "databases", "runtime", "model");

  @ArchTest
  static final ArchRule provisioning_sees_no_service =
      sees("provisioning", "migrations", "databases", "runtime", "model");

  @ArchTest
  static final ArchRule capture_sees_no_other_service =
      sees("capture", "databases", "runtime", "model");

  @ArchTest
  static final ArchRule the_sink_sees_no_other_service =
      sees("sink", "databases", "runtime", "model");

  @ArchTest
  static final ArchRule the_purge_worker_sees_no_other_service =
      sees("purge", "databases", "runtime", "model");

  @ArchTest
  static final ArchRule operations_see_no_service =
      sees("operations", "provisioning", "migrations", "databases", "runtime", "model");

  @ArchTest
  static final ArchRule the_api_sees_no_service =
      sees("api", "operations", "databases", "runtime", "model");

  /** Failures pass through it: their class is all that it may know. */
  @ArchTest
  static final ArchRule the_api_sees_no_sql_and_no_driver =
      noClasses()
          .that()
          .resideInAPackage(ROOT + "api..")
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAnyPackage(
                      "java.sql..", "javax.sql..", "org.postgresql..")
                  .and(DescribedPredicate.not(JavaClass.Predicates.type(SQLException.class))));

  @ArchTest
  static final ArchRule the_local_stack_sees_nothing_that_runs_on_it = sees("stack", "runtime");

  @ArchTest
  static final ArchRule nothing_needs_the_command_line =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + "cli..", ROOT + "bench..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + "cli..");

  /** Failures pass through it: their class is all that it may know. */
  @ArchTest
  static final ArchRule the_command_line_sees_no_sql_and_no_driver =
      noClasses()
          .that()
          .resideInAPackage(ROOT + "cli..")
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAnyPackage(
                      "java.sql..", "javax.sql..", "org.postgresql..")
                  .and(DescribedPredicate.not(JavaClass.Predicates.type(SQLException.class))));

  /** The root package is the assembly. */
  @ArchTest
  static final ArchRule the_sinks_logic_knows_its_ports_not_what_implements_them =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT + "sink.read..",
              ROOT + "sink.apply..",
              ROOT + "sink.epoch..",
              ROOT + "sink.quarantine..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROOT + "sink.kafka..", ROOT + "sink.postgres..");

  /** Of more, nobody finds the one that is looked for. */
  @ArchTest
  static void no_package_holds_more_than_twenty_classes(JavaClasses classes) {
    Map<String, Long> crowded =
        classes.stream()
            .filter(c -> c.isTopLevelClass() && !c.getSimpleName().equals("package-info"))
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
    crowded.values().removeIf(count -> count <= 20);
    assertThat(crowded).isEmpty();
  }

  /** The root package and that of epochs are the assembly, done anew after each failure. */
  @ArchTest
  static final ArchRule captures_logic_knows_its_ports_not_what_implements_them =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT + "capture.event..",
              ROOT + "capture.schema..",
              ROOT + "capture.stream..",
              ROOT + "capture.start..",
              ROOT + "capture.phase..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              ROOT + "capture.epoch..",
              ROOT + "capture.kafka..",
              ROOT + "capture.postgres..",
              ROOT + "capture.debezium..",
              ROOT + "capture.engine..");

  /** The service's root package is the assembly, and that alone. */
  @ArchTest
  static final ArchRule the_purges_logic_knows_its_ports_not_their_sql =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT + "purge.run..",
              ROOT + "purge.lane..",
              ROOT + "purge.page..",
              ROOT + "purge.pace..",
              ROOT + "purge.maintain..",
              ROOT + "purge.count..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROOT + "purge", ROOT + "purge.postgres..");

  @ArchTest
  static final ArchRule a_class_is_named_for_its_deed =
      noClasses()
          .should()
          .haveNameMatching(".*(Manager|Helper|Utils?|Impl)")
          .orShould()
          .haveSimpleNameStartingWith("Base");

  @ArchTest
  static final ArchRule time_is_injected =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + "bench..", ROOT + "demo..")
          .should(callMethodsOfAWallClock());

  /** Of this machine; hot's and the archive's are asked for by SQL, waits use a steady one. */
  private static ArchCondition<JavaClass> callMethodsOfAWallClock() {
    return ArchConditions.callMethodWhere(
        new DescribedPredicate<JavaMethodCall>("the wall clock is asked") {
          @Override
          public boolean test(JavaMethodCall call) {
            String owner = call.getTargetOwner().getName();
            String name = call.getName();
            return (owner.startsWith("java.time.") && name.equals("now"))
                || (owner.equals("java.lang.System") && name.equals("currentTimeMillis"));
          }
        });
  }

  /** A module sees itself, what it names, and what is not ours. */
  private static ArchRule sees(String module, String... others) {
    String[] seen = new String[others.length + 1];
    for (int i = 0; i < others.length; i++) {
      seen[i] = ROOT + others[i] + "..";
    }
    seen[others.length] = ROOT + module + "..";
    return noClasses()
        .that()
        .resideInAPackage(ROOT + module + "..")
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage("io.valmed.archive..")
                .and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(seen))));
  }
}
