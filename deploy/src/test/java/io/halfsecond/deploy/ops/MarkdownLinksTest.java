package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarkdownLinksTest {

  @Test
  void should_find_no_broken_link_in_the_repository() throws IOException {
    var repository = Path.of("..");

    assertThat(repository.resolve("README.md")).exists();
    assertThat(MarkdownLinks.broken(repository)).isEmpty();
  }

  @Test
  void should_name_file_line_and_target_when_a_link_is_broken(@TempDir Path parent)
      throws IOException {
    var directory = parent.resolve("repository");
    Files.createDirectories(directory.resolve("docs"));
    Files.writeString(
        directory.resolve("README.md"),
        """
        # Title

        [a page](docs/missing.md) and [a page with a title](docs/none.md "It was there")
        [an anchor](docs/page.md#nothing), [an anchor of this page](#nowhere)
        ![a picture](docs/picture.png)

        | table |
        |---|
        | [a cell](cell.md) |

        [a reference][reference], [a file outside](../elsewhere.md)
        <img src="logo.svg">

        [reference]: docs/referenced.md
        """);
    Files.writeString(directory.resolve("docs/page.md"), "Text.\n\n[up](README.md)\n");
    Files.writeString(parent.resolve("elsewhere.md"), "");

    assertThat(MarkdownLinks.broken(directory))
        .containsExactly(
            "README.md:3: docs/missing.md",
            "README.md:3: docs/none.md",
            "README.md:4: docs/page.md#nothing",
            "README.md:4: #nowhere",
            "README.md:5: docs/picture.png",
            "README.md:9: cell.md",
            "README.md:11: docs/referenced.md",
            "README.md:11: ../elsewhere.md",
            "README.md:12: logo.svg",
            "docs/page.md:3: README.md");
  }

  @Test
  void should_accept_links_that_lead_somewhere(@TempDir Path directory) throws IOException {
    Files.createDirectories(directory.resolve("docs"));
    Files.createDirectories(directory.resolve("target"));
    Files.writeString(
        directory.resolve("README.md"),
        """
        # What's new: `halfsecond ack`, in 0.2?
        # Twice
        # Twice
        <a id="by-hand"></a>

        [itself](#whats-new-halfsecond-ack-in-02), [the second](#twice-1), [by hand](#by-hand)
        [a title](docs/page.md#a-page--its-end "A title"), [a space](<docs/a b.md>), [again](docs/a%20b.md)
        [a directory](docs), [the web](https://example.org/missing.md#x), <someone@example.org>
        [a reference][reference], [the root](/docs/page.md)

        `[code](missing.md)`

            [code](missing.md)

        [reference]: docs/page.md#a-page--its-end
        """);
    Files.writeString(
        directory.resolve("docs/page.md"), "# A page – its end\n\n[up](../README.md)\n");
    Files.writeString(directory.resolve("docs/a b.md"), "");
    Files.writeString(directory.resolve("target/built.md"), "[not checked](missing.md)");

    assertThat(MarkdownLinks.broken(directory)).isEmpty();
  }
}
