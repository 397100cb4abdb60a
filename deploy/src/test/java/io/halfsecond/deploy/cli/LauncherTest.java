package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
  private static final Path DISTRIBUTION = Path.of("src/main/dist").toAbsolutePath();
  private static final Path LAUNCHER = DISTRIBUTION.resolve("bin/halfsecond");

  @TempDir private Path directory = Path.of("");

  private record Result(int status, String said) {}

  @Test
  void should_take_the_java_it_is_told_and_pass_the_arguments_on() throws Exception {
    var java = java("mine", "25.0.3");

    var result =
        run(
            Map.of("HALFSECOND_JAVA_HOME", java, "HALFSECOND_JAVA_OPTS", "-Done=1 -Dtwo=2"),
            "alerts",
            "--since",
            "a b");

    assertThat(result.status()).isZero();
    assertThat(result.said().lines())
        .startsWith("I am mine")
        .contains("-Done=1", "-Dtwo=2", "io.halfsecond.deploy.cli.Halfsecond", "alerts", "a b");
  }

  @Test
  void should_give_the_agent_a_small_heap() throws Exception {
    var java = java("mine", "25");

    assertThat(run(Map.of("HALFSECOND_JAVA_HOME", java), "collect").said().lines())
        .contains("-Xmx32m", "-XX:+UseSerialGC");
    assertThat(run(Map.of("HALFSECOND_JAVA_HOME", java), "stream").said().lines())
        .contains("-Xmx1g");
  }

  /// Of two values of an option, Java takes the last.
  @Test
  void should_let_the_users_options_override_those_of_every_command() throws Exception {
    var environment =
        Map.of("HALFSECOND_JAVA_HOME", java("mine", "25"), "HALFSECOND_JAVA_OPTS", "-Xmx99m");

    for (var command : List.of("collect", "stream", "up", "demo", "alerts")) {
      assertThat(run(environment, command).said().lines().filter(line -> line.startsWith("-Xmx")))
          .as(command)
          .hasSize(2)
          .last()
          .isEqualTo("-Xmx99m");
    }
  }

  @Test
  void should_refuse_an_older_java_that_it_is_told_to_take() throws Exception {
    var java = java("old", "17.0.18");

    var result = run(Map.of("HALFSECOND_JAVA_HOME", java));

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.said())
        .isEqualTo("halfsecond: HALFSECOND_JAVA_HOME=%s is not a Java 25\n".formatted(java));
  }

  @Test
  void should_take_java_home_only_if_it_is_the_right_version() throws Exception {
    var right = java("right", "25.0.1");

    assertThat(run(Map.of("JAVA_HOME", right), "--version").said()).startsWith("I am right");
    assertThat(run(Map.of("JAVA_HOME", java("old", "17")), "--version").said())
        .doesNotStartWith("I am old");
  }

  @Test
  void should_be_found_through_a_link() throws Exception {
    var home = distribution("b.jar", "picocli-4.jar", "A.jar");
    var link = Files.createSymbolicLink(directory.resolve("link"), home.resolve("bin/halfsecond"));

    var result = run(List.of(link.toString()), Map.of("HALFSECOND_JAVA_HOME", java("mine", "25")));

    assertThat(result.said().lines())
        .contains("%1$s/A.jar:%1$s/b.jar:%1$s/picocli-4.jar".formatted(home.resolve("lib")))
        .contains("io.halfsecond.deploy.cli.Halfsecond");
  }

  @Test
  void should_start_the_collector_alone_where_there_is_nothing_else() throws Exception {
    var home = distribution("halfsecond-collector.jar");
    var commands = Files.createDirectory(home.resolve("lib/commands"));
    Files.createFile(commands.resolve("picocli-4.jar"));
    java("own/runtime", "25");
    Files.writeString(home.resolve("lib/collect.aot"), "");
    var launcher = home.resolve("bin/halfsecond").toString();

    var own = run(List.of(launcher, "collect"), Map.of());
    var other =
        run(List.of(launcher, "collect"), Map.of("HALFSECOND_JAVA_HOME", java("mine", "25")));

    assertThat(own.said().lines())
        .startsWith("I am own/runtime")
        .contains("-XX:AOTCache=" + home.resolve("lib/collect.aot"))
        .contains("io.halfsecond.deploy.cli.CollectMain", "collect");
    assertThat(own.said()).doesNotContain("picocli");
    assertThat(run(List.of(launcher, "doctor"), Map.of()).said())
        .contains("picocli-4.jar", "io.halfsecond.deploy.cli.HostCommands");
    // The cache is of the runtime beside it.
    assertThat(other.said()).doesNotContain("AOTCache");
  }

  /// A distribution with these jars.
  private Path distribution(String... jars) throws IOException {
    var home = directory.toRealPath().resolve("own");
    Files.createDirectories(home.resolve("lib"));
    for (var jar : jars) {
      Files.createFile(home.resolve("lib").resolve(jar));
    }
    Files.createDirectories(home.resolve("bin"));
    Files.copy(LAUNCHER, home.resolve("bin/halfsecond"));
    Files.setPosixFilePermissions(
        home.resolve("bin/halfsecond"), PosixFilePermissions.fromString("rwxr-xr-x"));
    return home;
  }

  /// An installation whose java says who it is and what it was given, one argument a line.
  private String java(String name, String version) throws IOException {
    var home = Files.createDirectories(directory.resolve(name));
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
    var java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho I am %s\nprintf '%%s\\n' \"$@\"\n".formatted(name));
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    return home.toString();
  }

  private static Result run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return run(
        Stream.concat(Stream.of("/bin/sh", LAUNCHER.toString()), Stream.of(arguments)).toList(),
        environment);
  }

  private static Result run(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().putAll(environment);
    var process = builder.start();
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), said);
  }
}
