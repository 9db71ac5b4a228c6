package dev.trapline.journal.store;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.trapline.journal.RecordingException;
import dev.trapline.journal.RecordingException.Kind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL database that keeps events of recordings.
///
/// Where there is no password, the driver looks into `~/.pgpass`, or the file that `PGPASSFILE` names, as `psql` does.
///
/// @param url `jdbc:postgresql://HOST:PORT/NAME`, without a password
/// @param user who connects; empty for the URL's own, else that of the operating system
/// @param password empty for none
public record Database(String url, String user, String password) {

    /// Variables of the environment that stand in for what is not said elsewhere.
    public static final String URL_VARIABLE = "TRAPLINE_POSTGRESQL_URL";

    public static final String USER_VARIABLE = "TRAPLINE_POSTGRESQL_USER";
    public static final String PASSWORD_VARIABLE = "TRAPLINE_POSTGRESQL_PASSWORD";

    private static final String SCHEME = "jdbc:postgresql:";

    /// How long a connection may take to come about, and how long an answer, in seconds. A server that is gone
    /// without a word must not hold the machine for ever.
    private static final int CONNECT_SECONDS = 10;

    private static final int ANSWER_SECONDS = 60;

    /// Whether this is the URL of such a database.
    public static boolean isUrl(String text) {
        return text.startsWith(SCHEME);
    }

    /// What a recording says of where its events are: the URL and the user, and never the password.
    public String location() {
        if (user.isEmpty() || url.matches(".*[?&]user=.*")) {
            return url;
        }
        String separator = url.contains("?") ? "&" : "?";
        return url + separator + "user=" + URLEncoder.encode(user, StandardCharsets.UTF_8);
    }

    /// The database that a recording names, with what the environment says of it: a team may know one database by
    /// different addresses and users.
    ///
    /// @param location as [#location] wrote it
    public static Database named(String location) {
        Map<String, String> environment = System.getenv();
        String url = environment.getOrDefault(URL_VARIABLE, location);
        return new Database(
                url, environment.getOrDefault(USER_VARIABLE, ""), environment.getOrDefault(PASSWORD_VARIABLE, ""));
    }

    /// The configuration of an actor system whose recordings go there.
    public Config journal() {
        Map<String, Object> values = new TreeMap<>();
        values.put("trapline.journal.plugin", "jdbc-journal");
        values.put("trapline.journal.location", location());
        // A slow database slows the machine down; it is no failure until an answer is overdue.
        values.put("jdbc-journal.circuit-breaker.max-failures", Integer.MAX_VALUE);
        values.put("jdbc-journal.circuit-breaker.call-timeout", 2 * ANSWER_SECONDS + "s");
        values.put("jdbc-journal.slick.profile", "slick.jdbc.PostgresProfile$");
        String db = "jdbc-journal.slick.db.";
        values.put(db + "driver", "org.postgresql.Driver");
        values.put(db + "url", url);
        if (!user.isEmpty()) {
            values.put(db + "user", user);
        }
        if (!password.isEmpty()) {
            values.put(db + "password", password);
        }
        // One writer with one write at a time, and one look at the highest sequence number.
        values.put(db + "numThreads", 2);
        values.put(db + "maxConnections", 2);
        values.put(db + "minConnections", 1);
        values.put(db + "keepAliveConnection", false);
        values.put(db + "connectionTimeout", CONNECT_SECONDS * 1000);
        properties().forEach((name, value) -> values.put(db + "properties." + name, value));
        return ConfigFactory.parseMap(values, "the recording's database");
    }

    private static Map<String, String> properties() {
        Map<String, String> properties = new TreeMap<>();
        properties.put("ApplicationName", "trapline");
        properties.put("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.put("loginTimeout", Integer.toString(CONNECT_SECONDS));
        properties.put("socketTimeout", Integer.toString(ANSWER_SECONDS));
        properties.put("tcpKeepAlive", "true");
        return properties;
    }

    /// Connects.
    ///
    /// @throws RecordingException if that fails
    Connection connect() {
        Properties all = new Properties();
        properties().forEach(all::setProperty);
        if (!user.isEmpty()) {
            all.setProperty("user", user);
        }
        if (!password.isEmpty()) {
            all.setProperty("password", password);
        }
        try {
            return DriverManager.getConnection(url, all);
        } catch (SQLException e) {
            throw failed("connect to it", e);
        }
    }

    /// An error of the database, in words.
    ///
    /// @param what could not be done
    RecordingException failed(String what, @Nullable SQLException cause) {
        String why =
                cause == null ? "" : ": " + String.valueOf(cause.getMessage()).replace('\n', ' ');
        return new RecordingException(
                Kind.STORAGE,
                "the recording's database " + location() + " does not let us " + what + why + "; see that it runs, and"
                        + " that the user and the password are right (" + URL_VARIABLE + ", " + USER_VARIABLE + ", "
                        + PASSWORD_VARIABLE + ", ~/.pgpass)",
                cause == null ? new SQLException(what) : cause);
    }

    @Override
    public String toString() {
        return "Database[" + location() + "]";
    }
}
