package dev.trapline.journal.store;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL database with events of recordings, as the user has named it.
///
/// Without a password, it is looked up in `~/.pgpass`, or in the file that `PGPASSFILE` names, as `psql` does. Unless
/// the URL says otherwise, the password is proved by SCRAM and never sent, and another host must present a certificate
/// for its name.
public final class Database {

    /// Environment variables for values that are not given elsewhere.
    public static final String URL_VARIABLE = "TRAPLINE_POSTGRESQL_URL";

    /// The key of the configuration that holds before it.
    static final String URL_KEY = "record.postgresql.url";

    public static final String USER_VARIABLE = "TRAPLINE_POSTGRESQL_USER";
    public static final String PASSWORD_VARIABLE = "TRAPLINE_POSTGRESQL_PASSWORD";

    /// How long connecting may take, and how long an answer, in seconds. A server that disappears silently must not
    /// stop the machine forever.
    private static final int CONNECT_SECONDS = 10;

    private static final int ANSWER_SECONDS = 60;

    private final DatabaseUrl url;
    private final String user;
    private final String password;
    private final String urlFrom;

    private Database(DatabaseUrl url, String user, String password, String urlFrom) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.urlFrom = urlFrom;
    }

    /// A database that the user has named.
    ///
    /// @param url `jdbc:postgresql://HOST:PORT/NAME`, with parameters of the driver if need be; a user and a
    ///     password in it hold before the others
    /// @param user who connects; empty for the operating system's user
    /// @param password empty for none
    /// @throws RecordingException if that is no URL of a database; the message does not repeat it
    public static Database of(String url, String user, String password) {
        return of(url, user, password, URL_VARIABLE);
    }

    /// As above.
    ///
    /// @param urlFrom where the user has written the URL, for messages
    static Database of(String url, String user, String password, String urlFrom) {
        try {
            DatabaseUrl parsed = DatabaseUrl.parse(url);
            return new Database(
                    parsed,
                    parsed.user().isEmpty() ? user : parsed.user(),
                    parsed.password().isEmpty() ? password : parsed.password(),
                    urlFrom);
        } catch (IllegalArgumentException e) {
            throw new RecordingException(
                    Kind.NOT_NAMED, "the URL of the recordings' database (" + urlFrom + ") " + e.getMessage(), e);
        }
    }

    static Map<String, String> environment() {
        return System.getenv();
    }

    /// Whether this is the URL of such a database.
    public static boolean isUrl(String text) {
        return text.startsWith(DatabaseUrl.SCHEME);
    }

    /// What a recording says of where its events are: host, port, name and user, and nothing else. A user whose
    /// name is the password too is left out.
    public String location() {
        return url.withUser(secrets().contains(user) ? "" : user);
    }

    /// Where it is, for messages.
    String shownLocation() {
        return url.shown(user, secrets());
    }

    /// Another place without the passwords for this one, for messages.
    String shownPlace(DatabaseUrl place) {
        return place.shown("", secrets());
    }

    String shownPlace() {
        return shownPlace(url);
    }

    private List<String> secrets() {
        return Stream.of(password.isEmpty() ? passwordInFile() : password, url.keyPassword())
                .filter(secret -> !secret.isEmpty())
                .toList();
    }

    boolean isAt(DatabaseUrl other) {
        return url.isAt(other, user);
    }

    /// The configuration of an actor system whose recordings go there.
    public Config journal() {
        DatabaseFiles.ofProcess().require(url.parameters());
        Map<String, Object> values = new TreeMap<>();
        values.put("trapline.journal.plugin", "jdbc-journal");
        values.put("trapline.journal.location", location());
        // A slow database slows the machine down; it is no failure until an answer is overdue.
        values.put("jdbc-journal.circuit-breaker.max-failures", Integer.MAX_VALUE);
        values.put("jdbc-journal.circuit-breaker.call-timeout", 2 * ANSWER_SECONDS + "s");
        values.put("jdbc-journal.slick.profile", "slick.jdbc.PostgresProfile$");
        String db = "jdbc-journal.slick.db.";
        values.put(db + "driver", "org.postgresql.Driver");
        values.put(db + "url", url.forDriver());
        credentials().forEach((name, value) -> values.put(db + name, value));
        // One writer with one write at a time, and one look at the highest sequence number.
        values.put(db + "numThreads", 2);
        values.put(db + "maxConnections", 2);
        values.put(db + "minConnections", 1);
        values.put(db + "keepAliveConnection", false);
        // Otherwise the pool finds it out from its first connection, which goes wrong now and then when two are first.
        values.put(db + "isolation", "READ_COMMITTED");
        values.put(db + "connectionTimeout", CONNECT_SECONDS * 1000);
        properties().forEach((name, value) -> values.put(db + "properties." + name, value));
        return ConfigFactory.parseMap(values, "the recording's database");
    }

    /// What the driver is told beside the URL. The URL's own parameters hold before these.
    private Map<String, String> properties() {
        Map<String, String> properties = new TreeMap<>();
        properties.put("ApplicationName", "trapline");
        properties.put("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.put("loginTimeout", Integer.toString(CONNECT_SECONDS));
        properties.put("socketTimeout", Integer.toString(ANSWER_SECONDS));
        properties.put("tcpKeepAlive", "true");
        properties.put("socketFactory", AnswerLimit.class.getName());
        // A password in clear, or hashed by MD5, is as good as given away. A server that asks for none gets none.
        properties.put("requireAuth", "scram-sha-256,none");
        properties.put("gssEncMode", "disable");
        if (!url.isLoopback() && !url.parameters().containsKey("ssl")) {
            properties.put("sslmode", "verify-full");
            if (!Files.exists(DatabaseFiles.ofProcess().certificates(url.parameters()))) {
                properties.put("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
            }
        }
        properties.put("sslhostnameverifier", ValidCertificate.class.getName());
        if (!url.keyPassword().isEmpty()) {
            properties.put("sslpasswordcallback", KeyPassword.class.getName());
            properties.put(KeyPassword.NUMBER, KeyPassword.keep(url.keyPassword()));
        }
        properties.keySet().removeAll(url.parameters().keySet());
        if (url.parameters().containsKey("sslmode") || url.parameters().containsKey("sslrootcert")) {
            properties.remove("sslfactory");
        }
        return properties;
    }

    /// Who connects. Without a password, the driver would read the file of passwords itself, so it is given an
    /// empty one.
    private Map<String, String> credentials() {
        Map<String, String> credentials = new TreeMap<>();
        if (!user.isEmpty()) {
            credentials.put("user", user);
        }
        credentials.put("password", password.isEmpty() ? passwordInFile() : password);
        return credentials;
    }

    private String passwordInFile() {
        String who = user.isEmpty() ? DatabaseFiles.owner() : user;
        String name = url.name().isEmpty() ? who : url.name();
        return PasswordFile.find(DatabaseFiles.ofProcess().passwordText(), url.hosts(), name, who);
    }

    /// Connects.
    ///
    /// @throws RecordingException if that fails
    Connection connect() {
        DatabaseFiles.ofProcess().require(url.parameters());
        Properties all = new Properties();
        properties().forEach(all::setProperty);
        credentials().forEach(all::setProperty);
        try {
            return DriverManager.getConnection(url.forDriver(), all);
        } catch (SQLException e) {
            throw failed("connect to it", e);
        }
    }

    /// An error of the database, in words.
    ///
    /// @param what could not be done
    RecordingException failed(String what, @Nullable SQLException cause) {
        DatabaseFailure kind = cause == null ? DatabaseFailure.OTHER : DatabaseFailure.of(cause);
        String why = cause == null ? "" : ": " + shown(String.valueOf(said(cause, kind)));
        return new RecordingException(
                Kind.STORAGE,
                "the recording's database " + shownLocation() + " does not let us " + what + why + "; " + advice(kind),
                cause == null ? new SQLException(what) : cause);
    }

    /// The innermost cause knows that a certificate is not valid now, or an answer too long; the driver does not.
    private static @Nullable String said(SQLException failure, DatabaseFailure kind) {
        boolean deepest = kind == DatabaseFailure.TLS_EXPIRED || kind == DatabaseFailure.TOO_LONG;
        Throwable cause = failure;
        for (int n = 0; deepest && cause.getCause() != null && n < 20; n++) {
            cause = cause.getCause();
        }
        return cause.getMessage();
    }

    private String advice(DatabaseFailure failure) {
        String inUrl = " to the URL in " + urlFrom;
        String who = "(" + USER_VARIABLE + ", " + PASSWORD_VARIABLE + ", ~/.pgpass)";
        return switch (failure) {
            case REFUSED ->
                "nothing listens there: check that the server runs, and that the host and the port " + "are right";
            case UNKNOWN_HOST ->
                "there is no host of that name: check its spelling, and that host names can be " + "resolved";
            case UNREACHABLE ->
                "the host cannot be reached: check that the host is right, and that no firewall "
                        + "blocks the connection";
            case NO_ANSWER ->
                "there was no answer in time: check that the host and the port are right, that it is a "
                        + "PostgreSQL server, and that no firewall blocks the connection";
            case PASSWORD_IN_CLEAR ->
                "the server wants the password in a form that reveals it, and nothing was sent: make the server "
                        + "use scram-sha-256, or, if you know that the connection is safe, add "
                        + "requireAuth=password or requireAuth=md5" + inUrl;
            case ENDLESS_PROOF ->
                "proving the password to this server takes too much work, and nothing was sent: check that it is the "
                        + "right server, and, if you trust it, add scramMaxIterations=N" + inUrl;
            case NO_PASSWORD -> "the server wants a password: give one " + who;
            case AUTHENTICATION ->
                "check that the user and the password are right " + who + ", and that the server accepts that "
                        + "user from this host (its pg_hba.conf)";
            case NO_TLS ->
                "the server must use TLS: switch it on there (ssl = on), or, if you know that the connection is "
                        + "safe, add sslmode=disable" + inUrl;
            case TLS_NAME ->
                "the server must present a certificate for its name: use the name in its certificate, or, if "
                        + "you know that the connection is safe, add sslmode=verify-ca (any name) or sslmode=disable"
                        + inUrl;
            case TLS_EXPIRED ->
                "the server must present a certificate that is currently valid: renew it, and check that this "
                        + "host's clock is right";
            case TLS_TRUST ->
                "the server must present a certificate that a known authority has signed: put the authority's "
                        + "certificate into " + DatabaseFiles.ofProcess().certificates(url.parameters())
                        + ", or, if you know that the connection is safe, add sslmode=require (encrypted, but "
                        + "to any server) or sslmode=disable" + inUrl;
            case NO_DATABASE -> "create that database (createdb), or check its name (" + urlFrom + ")";
            case PERMISSION -> "have the owner of the database grant that user what is missing " + who;
            case BUSY -> "the server starts, stops or has too many connections: try again later";
            case NOT_POSTGRESQL, TOO_LONG, LOST -> ofServer(failure);
            case OTHER ->
                "check that it runs, and that the user and the password are right (" + urlFrom + ", " + USER_VARIABLE
                        + ", " + PASSWORD_VARIABLE + ", ~/.pgpass)";
        };
    }

    private static String ofServer(DatabaseFailure failure) {
        if (failure == DatabaseFailure.NOT_POSTGRESQL) {
            return "this is no PostgreSQL server, or a broken one: check the host and the port";
        }
        return failure == DatabaseFailure.TOO_LONG
                ? "no answer to Trapline is that long: check that it is the right server"
                : "the connection ended: look for the reason in the server's log, and check that it is a"
                        + " PostgreSQL server";
    }

    private String shown(String message) {
        // A password may be the value of another parameter by mistake, and the driver quotes values that it refuses.
        return shown(
                message,
                Stream.concat(secrets().stream(), url.unusual().stream()).toList());
    }

    /// What a server or the driver said, on one line and without the passwords.
    static String shown(String message, List<String> secrets) {
        String text = message;
        for (String secret : secrets) {
            text = secret.length() < 3 ? text.replace('"' + secret + '"', "\"...\"") : text.replace(secret, "...");
        }
        return text.replaceAll("\\p{Cntrl}+", " ").replaceFirst("\\.$", "");
    }

    @Override
    public String toString() {
        return "Database[" + shownLocation() + "]";
    }
}
