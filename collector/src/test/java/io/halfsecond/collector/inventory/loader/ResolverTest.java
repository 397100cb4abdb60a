package io.halfsecond.collector.inventory.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.halfsecond.collector.inventory.elf.ElfObject;
import io.halfsecond.collector.inventory.elf.FileContent;
import io.halfsecond.collector.inventory.host.FileDependencies;
import io.halfsecond.collector.inventory.host.ReadPacing;
import io.halfsecond.collector.inventory.process.LocatedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against the loader itself: what it maps into a small program is what is to be found.
class ResolverTest {
  @TempDir private Path directory = Path.of("/");

  @BeforeEach
  void requireCompiler() throws IOException {
    assumeThat(Path.of("/usr/bin/gcc")).exists();
    assumeThat(Path.of("/usr/bin/ldd")).exists();
    directory = directory.toRealPath();
    for (var name : List.of("near", "far", "own")) {
      Files.createDirectory(directory.resolve(name));
    }
  }

  @Test
  void should_look_in_runpath_of_the_one_that_needs_it_only() throws Exception {
    // given: libb is beside liba, which names the place; the program names another, where there is
    // another
    library("near", "b", List.of());
    library("far", "b", List.of());
    library("near", "a", List.of("-Wl,--enable-new-dtags,-rpath,$ORIGIN", "-lb"));
    var program = program(List.of("-Wl,--enable-new-dtags,-rpath,$ORIGIN/near", "-la"));

    assertFound(program, Map.of(), List.of("near/liba.so", "near/libb.so"));
  }

  @Test
  void should_look_in_rpath_of_all_that_it_was_loaded_for() throws Exception {
    library("near", "b", List.of());
    library("near", "a", List.of("-lb"));
    var program = program(List.of("-Wl,--disable-new-dtags,-rpath,${ORIGIN}/near:/nowhere", "-la"));

    assertFound(program, Map.of(), List.of("near/liba.so", "near/libb.so"));
  }

  @Test
  void should_prefer_rpath_to_the_environment_and_the_environment_to_runpath() throws Exception {
    library("near", "a", List.of());
    library("far", "a", List.of());
    var environment = Map.of("LD_LIBRARY_PATH", directory.resolve("far").toString());

    assertFound(
        program(List.of("-Wl,--disable-new-dtags,-rpath,$ORIGIN/near", "-la")),
        environment,
        List.of("near/liba.so"));
    assertFound(
        program(List.of("-Wl,--enable-new-dtags,-rpath,$ORIGIN/near", "-la")),
        environment,
        List.of("far/liba.so"));
  }

  @Test
  void should_take_what_is_loaded_already_under_the_name() throws Exception {
    // given: liba would have its own libb, but the program's is there first
    library("near", "b", List.of());
    library("far", "b", List.of());
    library("near", "a", List.of("-Wl,--enable-new-dtags,-rpath,$ORIGIN", "-lb"));
    var program =
        program(
            List.of(
                "-Wl,--enable-new-dtags,-rpath,$ORIGIN/far:$ORIGIN/near",
                "-Wl,--no-as-needed",
                "-lb",
                "-la"));

    assertFound(program, Map.of(), List.of("far/libb.so", "near/liba.so"));
  }

  private void assertFound(Path program, Map<String, String> environment, List<String> expected)
      throws Exception {
    var dependencies = new FileDependencies();
    var libraryPath =
        environment.containsKey("LD_LIBRARY_PATH")
            ? List.of(environment.getOrDefault("LD_LIBRARY_PATH", ""))
            : List.<String>of();
    var cache = LoaderCache.parse(run(Map.of(), "/sbin/ldconfig", "-p"));
    var found =
        new Resolver(cache, libraryPath, dependencies, ResolverTest::read)
            .resolve(List.of(program)).stream()
                .map(LocatedFile::path)
                .filter(path -> path.startsWith(directory.toString()))
                .filter(path -> path.contains(".so"))
                .map(path -> directory.relativize(Path.of(path)).toString())
                .toList();

    assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    var loaded =
        run(environment, "ldd", program.toString())
            .lines()
            .filter(line -> line.contains(directory + "/"))
            .map(line -> line.replaceAll(".* => (\\S+) .*", "$1"))
            .map(path -> directory.relativize(Path.of(path).normalize()).toString())
            .toList();
    assertThat(loaded).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static ElfObject read(LocatedFile file) {
    try {
      return FileContent.read(file.path(), Path.of(file.path()), ReadPacing.FAST).elf();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void library(String where, String name, List<String> options) throws Exception {
    var file = directory.resolve(where).resolve("lib" + name + ".so");
    compile(
        file,
        "int " + name + "(void) { return 1; }",
        options,
        "-shared",
        "-fPIC",
        "-Wl,-soname,lib" + name + ".so",
        "-Wl,--no-as-needed",
        "-L" + directory.resolve("near"));
  }

  private Path program(List<String> options) throws Exception {
    var file = directory.resolve("program");
    compile(
        file,
        "int main(void) { return 0; }",
        options,
        "-Wl,--no-as-needed",
        "-L" + directory.resolve("near"),
        "-L" + directory.resolve("far"),
        "-Wl,-rpath-link," + directory.resolve("near"));
    return file;
  }

  private void compile(Path file, String text, List<String> options, String... more)
      throws Exception {
    var source = Files.writeString(directory.resolve("source.c"), text + "\n");
    var command = new ArrayList<>(List.of("gcc", "-o", file.toString(), source.toString()));
    command.addAll(List.of(more));
    command.addAll(options);
    run(Map.of(), command.toArray(String[]::new));
  }

  private static String run(Map<String, String> environment, String... command) throws Exception {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(new HashMap<>(environment));
    var process = builder.start();
    var printed =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed;
  }
}
