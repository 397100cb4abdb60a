package io.halfsecond.collector.inventory.loader;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

class LoaderCacheFuzzTest {
  @FuzzTest
  void should_quote_what_ldconfig_printed(byte[] input) {
    // given
    var printed = new String(input, StandardCharsets.ISO_8859_1);

    // when
    var cache = LoaderCache.parse(printed);

    // then
    cache
        .paths()
        .forEach(
            (name, paths) -> {
              assertThat(name).doesNotContain(" ");
              for (var path : paths) {
                assertThat(path).startsWith("/");
                assertThat(printed).contains(") => " + path);
              }
              if (!name.contains("/")) {
                assertThat(cache.find(name, List.of(), List.of(), List.of(), _ -> true))
                    .contains(paths.getFirst());
              }
            });
  }
}
