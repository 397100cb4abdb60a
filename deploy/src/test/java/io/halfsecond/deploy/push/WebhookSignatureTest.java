package io.halfsecond.deploy.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSignatureTest {
  private static final String KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
  private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  private static final Instant AT = Instant.ofEpochSecond(1_614_265_330);
  private static final String BODY = "{\"test\": 2432232314}";
  private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

  @TempDir private Path directory = Path.of("");

  /// The example of the reference implementations.
  @Test
  void should_sign_as_the_specification_says() throws IOException {
    assertThat(WebhookSignature.read(file(KEY + "\n")).of(ID, AT, BODY)).isEqualTo(SIGNATURE);
  }

  @Test
  void should_sign_with_each_of_several_keys() throws IOException {
    assertThat(WebhookSignature.read(file(OTHER + "\n" + KEY)).of(ID, AT, BODY))
        .startsWith("v1,")
        .endsWith(" " + SIGNATURE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_%%%secret%%%"})
  void should_name_the_file_and_show_nothing_of_it_when_it_has_no_key(String content)
      throws IOException {
    var file = file(content);

    assertThatThrownBy(() -> WebhookSignature.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageNotContainingAny("MfKQ", "c2hv", "secret%");
  }

  private Path file(String content) throws IOException {
    var file = directory.resolve("key");
    SecretFile.create(file, content.getBytes(StandardCharsets.UTF_8));
    return file;
  }
}
