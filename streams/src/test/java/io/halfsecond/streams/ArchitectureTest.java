package io.halfsecond.streams;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Data flows one way, and the logic does not depend on Kafka.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
  private static final String ROOT = "io.halfsecond.streams";

  private JavaClasses streams = new ClassFileImporter().importPackages();

  @BeforeAll
  void load() {
    streams =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);
  }

  @Test
  void should_import_only_upstream_packages() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("histogram")
        .definedBy(ROOT + ".histogram")
        .layer("store")
        .definedBy(ROOT + ".store")
        .layer("detector")
        .definedBy(ROOT + ".detector")
        .layer("telemetry")
        .definedBy(ROOT + ".telemetry")
        .layer("measurement")
        .definedBy(ROOT + ".measurement")
        .layer("window")
        .definedBy(ROOT + ".window")
        .layer("selftest")
        .definedBy(ROOT + ".selftest")
        .layer("cohort")
        .definedBy(ROOT + ".cohort")
        .layer("attribution")
        .definedBy(ROOT + ".attribution")
        .layer("gate")
        .definedBy(ROOT + ".gate")
        .layer("alert")
        .definedBy(ROOT + ".alert")
        .layer("incident")
        .definedBy(ROOT + ".incident")
        .layer("engine")
        .definedBy(ROOT + ".engine")
        .layer("replay")
        .definedBy(ROOT + ".replay")
        .layer("metric")
        .definedBy(ROOT + ".metric")
        .layer("query")
        .definedBy(ROOT + ".query")
        .layer("processor")
        .definedBy(ROOT + ".processor")
        .layer("root")
        .definedBy(ROOT)
        .whereLayer("histogram")
        .mayNotAccessAnyLayer()
        .whereLayer("store")
        .mayNotAccessAnyLayer()
        .whereLayer("detector")
        .mayOnlyAccessLayers("histogram")
        .whereLayer("telemetry")
        .mayNotAccessAnyLayer()
        .whereLayer("metric")
        .mayNotAccessAnyLayer()
        .whereLayer("measurement")
        .mayOnlyAccessLayers("telemetry", "detector", "histogram")
        .whereLayer("window")
        .mayOnlyAccessLayers("measurement", "histogram")
        .whereLayer("selftest")
        .mayNotAccessAnyLayer()
        .whereLayer("cohort")
        .mayOnlyAccessLayers("measurement", "detector", "histogram", "store")
        .whereLayer("attribution")
        .mayOnlyAccessLayers("measurement", "store")
        .whereLayer("gate")
        .mayOnlyAccessLayers("attribution", "measurement", "histogram", "store")
        .whereLayer("alert")
        .mayOnlyAccessLayers("attribution", "measurement", "store")
        .whereLayer("incident")
        .mayOnlyAccessLayers(
            "alert", "attribution", "measurement", "detector", "histogram", "store")
        .whereLayer("engine")
        .mayOnlyAccessLayers(
            "incident",
            "gate",
            "alert",
            "cohort",
            "selftest",
            "measurement",
            "detector",
            "telemetry",
            "histogram",
            "store")
        .whereLayer("replay")
        .mayOnlyAccessLayers(
            "engine",
            "incident",
            "gate",
            "alert",
            "cohort",
            "measurement",
            "detector",
            "telemetry",
            "store")
        .whereLayer("replay")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("query")
        .mayOnlyAccessLayers("attribution", "measurement", "detector", "histogram")
        .whereLayer("query")
        .mayOnlyBeAccessedByLayers("root")
        .whereLayer("processor")
        .mayOnlyBeAccessedByLayers("root")
        .whereLayer("root")
        .mayNotBeAccessedByAnyLayer()
        .check(streams);
  }

  @Test
  void should_keep_the_detector_plain_java() {
    classes()
        .that()
        .resideInAPackage(ROOT + ".detector..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(ROOT + ".detector..", ROOT + ".histogram..", "java..", "org.jspecify..")
        .check(streams);
  }

  @Test
  void should_keep_kafka_and_meters_out_of_the_logic() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + ".telemetry",
            ROOT + ".measurement",
            ROOT + ".window",
            ROOT + ".attribution",
            ROOT + ".alert",
            ROOT + ".cohort",
            ROOT + ".selftest",
            ROOT + ".incident",
            ROOT + ".gate",
            ROOT + ".engine",
            ROOT + ".store",
            ROOT + ".histogram",
            ROOT + ".replay",
            ROOT + ".query")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "io.micrometer..")
        .check(streams);
  }

  @Test
  void should_read_only_an_injected_clock() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT)
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(java.time.Clock.class, "systemUTC")
        .check(streams);
  }
}
