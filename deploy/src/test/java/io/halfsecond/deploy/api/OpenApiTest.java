package io.halfsecond.deploy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swagger.v3.parser.OpenAPIV3Parser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpenApiTest {
  private static final Path PUBLISHED = Path.of("..", "docs", "query-api.openapi.json");

  /// `-Dgolden.update=true` writes it anew.
  @Test
  void should_be_the_document_in_docs() throws IOException {
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PUBLISHED, OpenApi.document());
    }
    assertThat(Files.readString(PUBLISHED)).isEqualTo(OpenApi.document());
  }

  @Test
  void should_be_read_by_a_parser_of_openapi_with_every_question() {
    var parsed = new OpenAPIV3Parser().readContents(OpenApi.document());

    assertThat(parsed.getMessages()).isEmpty();
    assertThat(parsed.getOpenAPI().getPaths().keySet())
        .containsExactlyElementsOf(Routes.ALL.stream().map(Route::path).toList());
  }

  @Test
  void should_read_parameters_and_name_a_wrong_one() {
    assertThat(Parameters.parse("a=1%202&b=", List.of("a", "b")).values())
        .isEqualTo(Map.of("a", "1 2", "b", ""));
    assertThat(Parameters.parse(null, List.of("a")).query()).isEmpty();
    assertThat(Parameters.none().with("a", Optional.of("5.6.* +x")).query())
        .isEqualTo("?a=5.6.*+%2Bx");
    assertThatThrownBy(() -> Parameters.parse("c=1", List.of("a", "b")))
        .hasMessage("no parameter is named 'c'; allowed: a, b");
    assertThatThrownBy(() -> Parameters.parse("a=1&a=2", List.of("a")))
        .hasMessage("parameter a comes twice");
    assertThatThrownBy(() -> Parameters.parse("a=%zz", List.of("a")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
