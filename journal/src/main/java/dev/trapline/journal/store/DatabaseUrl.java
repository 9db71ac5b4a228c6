package dev.trapline.journal.store;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The URL of a PostgreSQL database, taken apart: where the database is, who connects, and how.
///
/// ```text
/// jdbc:postgresql://[USER[:PASSWORD]@]HOST[:PORT][,HOST[:PORT]...]/NAME[?PARAMETER=VALUE&...]
/// ```
/// The driver knows no user and password in front of the host; they are taken out of there as `psql` does.
///
/// @param hosts `HOST:PORT` each, at least one
/// @param name of the database; empty for the user's own
/// @param user empty if it is not said
/// @param password empty if it is not said
/// @param keyPassword of the private key (`sslpassword`); empty if it is not said
/// @param parameters of the driver, without the user and the passwords
record DatabaseUrl(
        List<String> hosts,
        String name,
        String user,
        String password,
        String keyPassword,
        SortedMap<String, String> parameters) {

    static final String SCHEME = "jdbc:postgresql:";

    private static final String PORT = "5432";
    private static final int LAST_PORT = 65_535;
    private static final Pattern HOST =
            Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[A-Za-z0-9_-][A-Za-z0-9._-]*)?(?::([0-9]{1,5}))?");
    /// `127.256.0.1` is no address but a name, and may be that of any host.
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.([1-9]?[0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])){3}|\\[::1]");

    private static final Pattern NOT_PLAIN = Pattern.compile("[:;=@#&?,/|\\\\\\s]");

    /// As in `?ApplicationName=me;password=...`: the driver tells the server, and a library could log it.
    private static final Pattern HIDDEN_PASSWORD = Pattern.compile("(?i)(password|passwd|pwd)\\s*[=:]");

    private static final Pattern NOT_OF_USER = Pattern.compile("[:;=#&?,/|\\\\\\s]");
    private static final Pattern NOT_OF_NAME = Pattern.compile("[?&]|//|(?i)(password|passwd|pwd)\\s*[=:]");

    private static final String SEPARATORS =
            "'?' stands in front of the first parameter and '&' in front of the others";

    private static final String FORM = "takes jdbc:postgresql://HOST:PORT/NAME";

    DatabaseUrl {
        hosts = List.copyOf(hosts);
    }

    /// Takes a URL apart.
    ///
    /// @throws IllegalArgumentException if it is none; the message ends a sentence that begins with where it was
    ///     written, and holds nothing of it: it may have a password
    static DatabaseUrl parse(String text) {
        if (!text.startsWith(SCHEME)) {
            throw new IllegalArgumentException(FORM);
        }
        int question = text.indexOf('?');
        String place = text.substring(SCHEME.length(), question < 0 ? text.length() : question);
        SortedMap<String, String> parameters = parameters(question < 0 ? "" : text.substring(question + 1));
        String authority = "";
        String name = place;
        if (place.startsWith("//")) {
            int slash = place.indexOf('/', 2);
            authority = place.substring(2, slash < 0 ? place.length() : slash);
            name = slash < 0 ? "" : place.substring(slash + 1);
        }
        if (name.contains("/")) {
            throw new IllegalArgumentException(FORM + ", with one '/' in front of NAME");
        }
        requirePlain("NAME", name.replace('@', ':'));
        int at = authority.indexOf('@');
        if (at != authority.lastIndexOf('@')) {
            // One of the hosts would be a part of the password, or the other way round.
            throw new IllegalArgumentException(FORM + ", with one '@' at most: USER and PASSWORD stand in front of the"
                    + " first host only, and a '@' within them is written as '%40'");
        }
        String[] who = (at < 0 ? "" : authority.substring(0, at)).split(":", 2);
        requirePlain("USER", who[0]);
        String user = requireHarmless("USER", NOT_OF_USER, taken(parameters, "user", decoded(who[0])));
        String password = taken(parameters, "password", who.length > 1 ? decoded(who[1]) : "");
        String keyPassword = taken(parameters, "sslpassword", "");
        return new DatabaseUrl(
                hosts(authority.substring(at + 1)),
                requireHarmless("NAME", NOT_OF_NAME, decoded(name)),
                user,
                password,
                keyPassword,
                parameters);
    }

    /// A mark that was written as '%' and two digits may have been meant as a separator, with a password behind it.
    private static String requireHarmless(String what, Pattern not, String text) {
        if (not.matcher(text).find()) {
            throw new IllegalArgumentException(FORM + "; " + SEPARATORS + ", and some marks cannot be in " + what
                    + ", also not as '%' and two hexadecimal digits");
        }
        return text;
    }

    private static SortedMap<String, String> parameters(String text) {
        SortedMap<String, String> parameters = new TreeMap<>();
        for (String parameter : text.split("&", -1)) {
            int equals = parameter.indexOf('=');
            String key = equals < 0 ? parameter : parameter.substring(0, equals);
            if (key.matches("(?i)(pg)?(host|hostaddr|port|dbname)|service")) {
                throw new IllegalArgumentException(
                        FORM + ": name the host and the database there, and not in a parameter");
            }
            requireKnown(key);
            if (key.equals("user")) {
                requirePlain("USER", parameter.substring(Math.max(equals, 0) + 1));
            }
            String value = equals < 0 ? "" : decoded(parameter.substring(equals + 1));
            if (!key.contains("password") && HIDDEN_PASSWORD.matcher(value).find()) {
                throw new IllegalArgumentException(FORM + "; " + SEPARATORS);
            }
            if (!key.isEmpty()) {
                // The last one counts, as it does for psql.
                parameters.put(key, value);
            }
        }
        return parameters;
    }

    /// The driver ignores what it does not know: `?PASSWORD=...` would be no password then, and a library could log
    /// it.
    private static void requireKnown(String key) {
        if (!key.isEmpty() && !Known.PARAMETERS.contains(key)) {
            throw new IllegalArgumentException(FORM + ", and after it only parameters that the driver knows: check how"
                    + " they are spelt, also whether in capitals (the password is 'password')");
        }
    }

    /// The names of the driver's parameters.
    private static final class Known {

        private static final Set<String> PARAMETERS = new TreeSet<>();
        private static final Set<String> WORDS = new TreeSet<>(List.of("true", "false"));

        static {
            for (DriverPropertyInfo each : all()) {
                PARAMETERS.add(each.name);
                if (each.choices != null) {
                    Collections.addAll(WORDS, each.choices);
                }
            }
        }

        private static DriverPropertyInfo[] all() {
            String url = "jdbc:postgresql:";
            try {
                return DriverManager.getDriver(url).getPropertyInfo(url, new Properties());
            } catch (SQLException e) {
                throw new IllegalStateException("the driver for PostgreSQL is not among the libraries", e);
            }
        }
    }

    /// What is written down must hold no password that stands in the wrong place: `x&password=...` is no name.
    private static void requirePlain(String what, String text) {
        if (NOT_PLAIN.matcher(text).find()) {
            throw new IllegalArgumentException(FORM + "; " + SEPARATORS + ", and a mark like : ; = @ # within " + what
                    + " is written as '%' and two hexadecimal digits");
        }
    }

    private static String taken(SortedMap<String, String> parameters, String key, String otherwise) {
        String value = parameters.remove(key);
        return value == null ? otherwise : value;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(FORM + "; a '%' is followed by two hexadecimal digits", e);
        }
    }

    private static List<String> hosts(String text) {
        List<String> hosts = new ArrayList<>();
        for (String address : text.split(",", -1)) {
            Matcher matcher = HOST.matcher(address);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(FORM + ", with HOST a name or an address and PORT a number");
            }
            String port = orElse(matcher.group(2), PORT);
            if (Integer.parseInt(port) < 1 || Integer.parseInt(port) > LAST_PORT) {
                throw new IllegalArgumentException(FORM + ", with PORT from 1 to " + LAST_PORT);
            }
            hosts.add(orElse(matcher.group(1), "localhost") + ":" + port);
        }
        return hosts;
    }

    private static String orElse(@Nullable String text, String otherwise) {
        return text == null || text.isEmpty() ? otherwise : text;
    }

    /// Where the database is, as a URL without anything else.
    String place() {
        return SCHEME + "//" + String.join(",", hosts) + "/" + encoded(name);
    }

    /// The place and the user, for messages: a name that is one of the passwords too is not shown.
    String shown(String who, List<String> secrets) {
        String place = secrets.contains(name) ? SCHEME + "//" + String.join(",", hosts) + "/..." : place();
        return who.isEmpty() || secrets.contains(who) ? place : place + "?user=" + encoded(who);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// The place and the user: what may be written down.
    String withUser(String who) {
        return who.isEmpty() ? place() : place() + "?user=" + encoded(who);
    }

    /// The URL that the driver gets: all but the user and the passwords, which it gets apart. A library may log it,
    /// and the driver's messages may quote it.
    String forDriver() {
        List<String> all = new ArrayList<>();
        parameters.forEach((key, value) -> all.add(encoded(key) + "=" + encoded(value)));
        return all.isEmpty() ? place() : place() + "?" + String.join("&", all);
    }

    /// The values of parameters that are no numbers and none of the words that the driver has for them.
    List<String> unusual() {
        return parameters.values().stream()
                .filter(value -> value.length() > 2 && !value.matches("[0-9]+") && !Known.WORDS.contains(value))
                .toList();
    }

    /// Whether another URL names the same place.
    ///
    /// @param who connects to this one, and to the other: a database without a name has the user's
    boolean isAt(DatabaseUrl other, String who) {
        return comparable(hosts).equals(comparable(other.hosts))
                && (name.isEmpty() ? who : name).equals(other.name.isEmpty() ? who : other.name);
    }

    private static List<String> comparable(List<String> hosts) {
        return hosts.stream()
                .map(host -> isLoopback(host) ? "localhost" + host.substring(host.lastIndexOf(':')) : host)
                .map(host -> host.toLowerCase(Locale.ROOT))
                .toList();
    }

    /// Whether nothing that is sent there leaves this machine.
    boolean isLoopback() {
        return hosts.stream().allMatch(DatabaseUrl::isLoopback);
    }

    private static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host.substring(0, host.lastIndexOf(':')).toLowerCase(Locale.ROOT))
                .matches();
    }

    /// No message may show the password.
    @Override
    public String toString() {
        return place();
    }
}
