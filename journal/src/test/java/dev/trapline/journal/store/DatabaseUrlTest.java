package dev.trapline.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.Config;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.journal.NamedDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.PasswordCallback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.ObjectFactory;

/// A user's URL of a database has passwords, and no message and no setting of a library may repeat them.
class DatabaseUrlTest {

    private static final String SECRET = "hunter2hunter2";

    /// The driver would ignore it, and the pool of connections would log it.
    @ParameterizedTest
    @ValueSource(strings = {"PASSWORD", "Password", "%70assword", "pwd", "passwd", "SSLPASSWORD", "x"})
    void aParameterThatTheDriverDoesNotKnowIsRefusedWithoutBeingShown(String parameter) {
        assertRefused("jdbc:postgresql://db.example:1/db?" + parameter + "=" + SECRET);
        assertRefused("jdbc:postgresql://db.example:1/db?sslmode=disable&" + parameter + SECRET);
    }

    /// The driver's own message about such a port repeats the whole URL.
    @ParameterizedTest
    @ValueSource(ints = {0, 65_536, 99_999})
    void aPortThatThereCannotBeIsRefused(int port) {
        assertRefused("jdbc:postgresql://db.example:" + port + "/db?sslpassword=" + SECRET);
    }

    /// Otherwise the first host would be a part of the password, and the second host would get it.
    @Test
    void aSecondUserIsRefused() {
        assertRefused("jdbc:postgresql://me:" + SECRET + "@db1.example:1,you:" + SECRET + "@db2.example:1/db");
        assertRefused("jdbc:postgresql://me:a@" + SECRET + "@db1.example:1/db");
        assertThat(Database.of("jdbc:postgresql://me:a%40" + SECRET + "@db1.example:1,db2.example/db", "", "")
                        .location())
                .isEqualTo("jdbc:postgresql://db1.example:1,db2.example:5432/db?user=me");
    }

    /// A wrong mark makes the password a part of what a recording says, or of what the server is told.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "user=me/",
                "user=me|password=",
                "ApplicationName=me;password=",
                "ApplicationName=me%20password%20=%20",
                "options=-c%20PASSWORD:",
                "sslcert=file,passwd="
            })
    void aPasswordInAnotherParameterIsRefused(String before) {
        assertRefused("jdbc:postgresql://db.example:1/db?" + before + SECRET);
        assertRefused("jdbc:postgresql://db.example:1/db?sslmode=disable&" + before + SECRET);
        assertThat(Database.of("jdbc:postgresql://db.example:1/db?options=-c%20password_encryption=md5", "", ""))
                .as("a setting of the server")
                .hasToString("Database[jdbc:postgresql://db.example:1/db]");
    }

    /// A separator that is not one because it is written as '%' and two digits, so the password would be a part of
    /// what a recording says.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "//db.example:1/recs%3Fpassword%3D",
                "//db.example:1/recs%26password%3D",
                "//db.example:1/recs%20password%20=%20",
                "//me%3A",
                "//me%3Apassword%3D",
                "//db.example:1/db?user=me%3A",
                "//db.example:1/db?user=me%20password%20",
                "//db.example:1/db?user=me%26password%3D"
            })
    void aPasswordBehindACodedSeparatorIsRefused(String before) {
        String behind = before.contains("/db") || before.contains("/recs") ? "" : "@db.example:1/db";
        assertRefused("jdbc:postgresql:" + before + SECRET + behind);
        assertThat(Database.of("jdbc:postgresql://me%40server@db.example:1/my%20db", "", "")
                        .location())
                .as("other marks are possible")
                .isEqualTo("jdbc:postgresql://db.example:1/my+db?user=me%40server");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sslmode",
                "socketTimeout",
                "authenticationPluginClassName",
                "requireAuth",
                "gssEncMode",
                "targetServerType",
                "channelBinding"
            })
    void aPasswordThatIsTheValueOfAnotherParameterIsInNoMessage(String parameter) {
        String host = "127.0.0.1";
        RecordingException refused = catchThrowableOfType(
                RecordingException.class,
                () -> Database.of("jdbc:postgresql://" + host + ":1/db?" + parameter + "=" + SECRET, "me", "")
                        .connect());
        assertThat(refused).hasMessageNotContaining(SECRET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.256.0.1", "127.0.0.999", "127.1", "127.0.0.01", "localhost.example", "localhost."})
    void aNameThatLooksLikeThisHostNeedsTls(String host) {
        String mode = "jdbc-journal.slick.db.properties.sslmode";
        assertThat(Database.of("jdbc:postgresql://" + host + ":1/db", "", "")
                        .journal()
                        .getString(mode))
                .isEqualTo("verify-full");
        for (String own : List.of("127.0.0.1", "127.255.9.10", "127.199.249.0", "LocalHost", "[::1]")) {
            assertThat(Database.of("jdbc:postgresql://" + own + ":1/db", "", "")
                            .journal()
                            .hasPath(mode))
                    .as(own)
                    .isFalse();
        }
    }

    private static void assertRefused(String url) {
        RecordingException refused = catchThrowableOfType(
                RecordingException.class, () -> Database.of(url, "", "").connect());
        assertThat(refused)
                .hasMessageContaining("takes jdbc:postgresql://HOST:PORT/NAME")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void theMessageNamesTheKeyIfTheUrlIsFromTheConfiguration() {
        assertThatThrownBy(() -> DatabaseAccess.of(new NamedDatabase("postgresql://db.example/db", "", "")))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("(record.postgresql.url) takes jdbc:postgresql://HOST:PORT/NAME")
                .hasMessageNotContaining("TRAPLINE_POSTGRESQL_URL");
        Database reached = Objects.requireNonNull(
                DatabaseAccess.of(new NamedDatabase("jdbc:postgresql://db.example:1/db", "me", ""))
                        .named());
        assertThat(reached.failed("connect", new SQLException("no", "3D000")))
                .hasMessageContaining("check its name (record.postgresql.url)");
    }

    /// The database must be named where its events are, and then its name is no secret.
    @Test
    void aUserOrNameThatIsThePasswordTooIsInNoMessage() {
        for (String password : List.of(SECRET, "x")) {
            Database database =
                    Database.of("jdbc:postgresql://db.example:1/" + password + "?sslmode=disable", password, password);
            assertThat(database.location()).isEqualTo("jdbc:postgresql://db.example:1/" + password);
            assertThat(database).hasToString("Database[jdbc:postgresql://db.example:1/...]");
            assertThat(database.failed(
                            "connect", new SQLException("authentication failed for \"" + password + "\"", "28P01")))
                    .hasMessageStartingWith("the recording's database jdbc:postgresql://db.example:1/... does not let"
                            + " us connect: authentication failed for \"...\"; ");
        }
        assertThat(Database.of("jdbc:postgresql://db.example:1/db", SECRET, SECRET)
                        .location())
                .as("what a recording says")
                .isEqualTo("jdbc:postgresql://db.example:1/db");
    }

    @Test
    void theHighestPortIsOne() {
        assertThat(Database.of("jdbc:postgresql://db.example:65535/db", "", "").location())
                .isEqualTo("jdbc:postgresql://db.example:65535/db");
    }

    @Test
    void thePasswordOfAKeyReachesTheDriverAndNoSetting() throws Exception {
        Config settings = Database.of("jdbc:postgresql://db.example:1/db?sslpassword=" + SECRET, "me", "")
                .journal();
        assertThat(settings.root().render()).doesNotContain(SECRET);
        Properties properties = new Properties();
        settings.getConfig("jdbc-journal.slick.db.properties")
                .entrySet()
                .forEach(each -> properties.setProperty(
                        each.getKey().replace("\"", ""),
                        each.getValue().unwrapped().toString()));
        // As the driver makes it.
        CallbackHandler handler = ObjectFactory.instantiate(
                CallbackHandler.class, properties.getProperty("sslpasswordcallback"), properties, false, null);
        PasswordCallback asked = new PasswordCallback("Enter SSL password: ", false);
        handler.handle(new Callback[] {asked});
        assertThat(new String(asked.getPassword())).isEqualTo(SECRET);
    }
}
