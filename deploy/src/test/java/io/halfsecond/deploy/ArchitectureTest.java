package io.halfsecond.deploy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.halfsecond.deploy");

  @Test
  void should_import_only_what_stands_upstream() {
    Architectures.layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("config")
        .definedBy("..deploy.config..")
        .layer("broker")
        .definedBy("..deploy.broker..")
        .layer("directory")
        .definedBy("..deploy.directory..")
        .layer("http")
        .definedBy("..deploy.http..")
        .layer("recording")
        .definedBy("..deploy.recording..")
        .layer("replay")
        .definedBy("..deploy.replay..")
        .layer("alerts")
        .definedBy("..deploy.alerts..")
        .layer("sessions")
        .definedBy("..deploy.sessions..")
        .layer("push")
        .definedBy("..deploy.push..")
        .layer("page")
        .definedBy("..deploy.page..")
        .layer("service")
        .definedBy("..deploy.service..")
        .layer("doctor")
        .definedBy("..deploy.doctor..")
        .layer("demo")
        .definedBy("..deploy.demo..")
        .layer("fingerprint")
        .definedBy("..deploy.fingerprint..")
        .layer("registry")
        .definedBy("..deploy.registry..")
        .layer("topic")
        .definedBy("..deploy.topic..")
        .layer("simulation")
        .definedBy("..deploy.simulation..")
        .layer("api")
        .definedBy("..deploy.api..")
        .layer("cli")
        .definedBy("..deploy.cli..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("demo")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("doctor")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("service")
        .mayOnlyBeAccessedByLayers("cli", "demo", "doctor")
        .whereLayer("replay")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("simulation")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("fingerprint")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("registry")
        .mayNotAccessAnyLayer()
        .whereLayer("topic")
        .mayNotAccessAnyLayer()
        .whereLayer("recording")
        .mayOnlyBeAccessedByLayers("demo", "replay")
        .whereLayer("alerts")
        .mayOnlyBeAccessedByLayers("cli", "demo", "replay", "page", "push", "service")
        .whereLayer("push")
        .mayOnlyBeAccessedByLayers("service")
        .whereLayer("page")
        .mayOnlyBeAccessedByLayers("service")
        .whereLayer("sessions")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("directory")
        .mayOnlyBeAccessedByLayers("broker", "service")
        .whereLayer("directory")
        .mayNotAccessAnyLayer()
        .whereLayer("http")
        .mayOnlyBeAccessedByLayers("service", "demo", "api")
        .whereLayer("api")
        .mayOnlyBeAccessedByLayers("service", "cli")
        .whereLayer("api")
        .mayOnlyAccessLayers("http", "json")
        .check(CLASSES);
  }

  @Test
  void should_touch_kafkas_server_in_one_class_only() {
    noClasses()
        .that()
        .doNotHaveSimpleName("EmbeddedBroker")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("kafka..", "org.apache.kafka.server..")
        .check(CLASSES);
  }

  @Test
  void should_know_picocli_in_the_command_line_only() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..deploy.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .check(CLASSES);
  }
}
