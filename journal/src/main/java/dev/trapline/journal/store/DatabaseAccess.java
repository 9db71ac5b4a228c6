package dev.trapline.journal.store;

import com.typesafe.config.Config;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.journal.NamedDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The database that the user has named, in the environment or in the configuration. A recording names the location of
/// its events, but it must not decide where a password is sent. So that location is compared with the user's database,
/// and nothing else from the recording is used.
///
/// @param named null if the user has named none
/// @param aliases other places that are the same database, as recordings may know it
public record DatabaseAccess(@Nullable Database named, List<String> aliases) {

    private static final String DB = "jdbc-journal.slick.db.";

    /// Other addresses of the named database: `HOST:PORT/NAME`, with ';' between them.
    public static final String ALIAS_VARIABLE = "TRAPLINE_POSTGRESQL_ALIAS";

    public DatabaseAccess {
        aliases = List.copyOf(aliases);
    }

    /// What the user says, and the environment where that says nothing.
    ///
    /// @param said null if all is left to the environment
    /// @throws RecordingException if the URL is none
    public static DatabaseAccess of(@Nullable NamedDatabase said) {
        NamedDatabase database = said == null ? new NamedDatabase("", "", "") : said;
        Map<String, String> environment = Database.environment();
        String url = orElse(database.url(), environment, Database.URL_VARIABLE);
        if (url.isEmpty()) {
            return new DatabaseAccess(null, List.of());
        }
        Database named = Database.of(
                url,
                orElse(database.user(), environment, Database.USER_VARIABLE),
                orElse(database.password(), environment, Database.PASSWORD_VARIABLE),
                database.url().isEmpty() ? Database.URL_VARIABLE : Database.URL_KEY);
        List<String> aliases =
                List.of(environment.getOrDefault(ALIAS_VARIABLE, "").split(";", -1));
        return new DatabaseAccess(named, aliases);
    }

    private static String orElse(String said, Map<String, String> environment, String variable) {
        return said.isEmpty() ? environment.getOrDefault(variable, "") : said;
    }

    /// What the user has said of the database that an actor system writes to; null if it writes elsewhere.
    public static @Nullable NamedDatabase of(Config journal) {
        if (!Database.isUrl(journal.getString("trapline.journal.location")) || !journal.hasPath(DB + "url")) {
            return null;
        }
        return new NamedDatabase(
                journal.getString(DB + "url"), text(journal, DB + "user"), text(journal, DB + "password"));
    }

    /// What an error says of the database that an actor system writes to: on one line, and without the password,
    /// which a server that was given it may repeat.
    public static String said(Config journal, String message) {
        String password = text(journal, DB + "password");
        return Database.shown(message, password.isEmpty() ? List.of() : List.of(password));
    }

    private static String text(Config config, String path) {
        return config.hasPath(path) ? config.getString(path) : "";
    }

    /// The database of a recording.
    ///
    /// @param location where the recording says that its events are
    /// @throws RecordingException if the user has not named it
    public Database of(Path recording, String location) {
        DatabaseUrl place;
        try {
            place = DatabaseUrl.parse(location);
        } catch (IllegalArgumentException e) {
            throw new RecordingException(
                    Kind.DAMAGED,
                    "the manifest of the recording " + recording + " names no database: it " + e.getMessage(),
                    e);
        }
        if (named == null) {
            throw new RecordingException(
                    Kind.NOT_NAMED,
                    "the recording " + recording + " keeps its events in the database " + place.place()
                            + ", which you have not named: nothing was sent there. If you trust that database, set "
                            + Database.URL_VARIABLE + "=" + place.place() + " and try again");
        }
        if (!named.isAt(place) && !isAlias(place)) {
            String shown = named.shownPlace(place);
            throw new RecordingException(
                    Kind.NOT_NAMED,
                    "the recording " + recording + " keeps its events in the database " + shown
                            + ", and you have named " + named.shownPlace()
                            + ": nothing was sent to either. If you trust the"
                            + " recording's database, set " + Database.URL_VARIABLE + "=" + shown
                            + "; if both are the same database, set " + ALIAS_VARIABLE + "=" + alias(shown));
        }
        return named;
    }

    private static String alias(String place) {
        return place.substring(DatabaseUrl.SCHEME.length() + 2);
    }

    private boolean isAlias(DatabaseUrl place) {
        for (String alias : aliases) {
            try {
                if (!alias.isBlank()
                        && DatabaseUrl.parse(DatabaseUrl.SCHEME + "//" + alias.strip())
                                .isAt(place, place.user())) {
                    return true;
                }
            } catch (IllegalArgumentException e) {
                throw new RecordingException(
                        Kind.NOT_NAMED, ALIAS_VARIABLE + " takes HOST:PORT/NAME, with ';' between several", e);
            }
        }
        return false;
    }
}
