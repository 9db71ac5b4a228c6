package dev.trapline.config;

import com.typesafe.config.ConfigException.NotResolved;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Computes how long a configuration becomes when its substitutions are filled in, without doing it: forty lines that
/// each name the previous one twice would have a million million characters.
final class Expansion {

    private static final long MOST = 1 << 20;
    private static final int DEEPEST = 64;
    private static final int MOST_IN_CIRCLES = 8;
    private static final int MOST_OF_ITSELF = 50;
    private static final int MOST_OF_ITSELF_AT_ONCE = 2;

    /// The section whose keys may contain a password.
    static final String DATABASE = "trapline.record.postgresql";

    /// Names of environment variables that may contain a password.
    private static final Pattern SECRET = Pattern.compile("(?i).*(PASS|SECRET|TOKEN|CREDENTIAL).*"
            + "|.*(API|PRIVATE|ACCESS|AUTH|SIGNING|SSH|GPG|MASTER|ENCRYPTION)_?KEY.*"
            + "|(.*_)?(PAT|AUTH|PW|CREDS?|KEYS?|DSN|PIN)(_.*)?"
            + "|.+_PWD(_.*)?|.*CONNECTION_?STRING.*"
            + "|.*(DATABASE|DB|POSTGRES|POSTGRESQL|PG|MYSQL|REDIS|MONGO|MONGODB|AMQP|BROKER)_?UR[IL].*");

    private static final Pattern SUBSTITUTION = IncludedNames.SUBSTITUTION;
    private static final ConfigRenderOptions CONCISE = ConfigRenderOptions.concise();

    /// A value, or a section.
    private static final class Node {
        private final Map<String, Node> children = new TreeMap<>();
        private final Map<String, Long> references = new LinkedHashMap<>();
        private String path = "";
        private String origin = "";
        private boolean included;
        private String text = "";
        private long own;
        private long whole = -1;
        private boolean entered;
    }

    private final Node root = new Node();
    private final IncludedNames names;
    /// References in circles through other values, in the whole configuration.
    private long inCircles;

    private Expansion(IncludedNames names) {
        this.names = names;
    }

    /// Refuses a configuration that becomes too long, or has too many substitutions.
    ///
    /// @param given the configuration, not resolved
    /// @param names the substitutions in its included files
    /// @throws ConfigException with the value at fault
    static void check(ConfigObject given, IncludedNames names) {
        Expansion expansion = new Expansion(names);
        expansion.collect(expansion.root, "", given);
        expansion.size(expansion.root, 0);
    }

    private void collect(Node node, String path, ConfigValue value) {
        node.path = path;
        node.origin = Origins.describe(value.origin());
        node.included = Origins.isIncluded(value.origin());
        if (value instanceof ConfigObject object && collectChildren(node, path, object)) {
            return;
        }
        String text = value.render(CONCISE);
        node.text = text;
        node.own = text.length();
        Matcher matcher = SUBSTITUTION.matcher(text);
        while (matcher.find()) {
            node.references.merge(matcher.group(1), 1L, Long::sum);
        }
    }

    /// @return whether it is a section whose keys are known before it is resolved
    private boolean collectChildren(Node node, String path, ConfigObject object) {
        try {
            for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(object).entrySet()) {
                Node child = new Node();
                node.children.put(entry.getKey(), child);
                collect(child, path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(), entry.getValue());
            }
            return true;
        } catch (NotResolved e) {
            node.children.clear();
            return false;
        }
    }

    /// The length of a value with its substitutions. A reference to itself counts once: the library reports it.
    private long size(Node node, int depth) {
        if (node.whole >= 0 || node.entered) {
            return Math.max(node.whole, 0);
        }
        if (depth > DEEPEST) {
            throw refused(node, "is reached through more than " + DEEPEST + " substitutions");
        }
        node.entered = true;
        long size = node.references.keySet().stream().anyMatch(path -> leadsTo(path, node)) ? layered(node) : node.own;
        for (Node child : node.children.values()) {
            size += size(child, depth);
        }
        for (Map.Entry<String, Long> reference : node.references.entrySet()) {
            long each = 0;
            for (String path : names.meanings(reference.getKey())) {
                requireNoSecret(node, path);
                requireNoCircle(node, path, reference.getValue());
                each = Math.max(each, sizeOf(path, depth + 1));
            }
            size += each == 0 || reference.getValue() <= MOST / each ? each * reference.getValue() : MOST + 1;
        }
        if (size > MOST) {
            throw refused(
                    node, "is too long when its substitutions are filled in: the most is " + MOST + " characters");
        }
        node.entered = false;
        node.whole = size;
        return size;
    }

    /// The length of a value that is assigned several times, each time from its old value: `a = ${a}${a}` doubles
    /// it.
    private long layered(Node node) {
        long size = 0;
        for (String layer : Layers.of(node.text)) {
            long times = SUBSTITUTION
                    .matcher(layer)
                    .results()
                    .filter(match -> leadsTo(match.group(1), node))
                    .count();
            if (times > MOST_OF_ITSELF_AT_ONCE) {
                throw refused(node, "refers to itself more than " + MOST_OF_ITSELF_AT_ONCE + " times in one value");
            }
            size = Math.min(layer.length() + Math.max(1, times) * size, MOST + 1);
        }
        return size;
    }

    private boolean leadsTo(String path, Node node) {
        return names.meanings(path).stream().anyMatch(meaning -> find(meaning) == node);
    }

    /// Refuses values that refer to themselves too often, directly or through others. For each reference, the
    /// library searches all earlier assignments. For a section whose values refer to it, it tries them in every
    /// order: ten take a second, and twelve two minutes.
    private void requireNoCircle(Node node, String path, long times) {
        Node other = find(path);
        if (other == node && times > MOST_OF_ITSELF) {
            throw refused(
                    node,
                    "refers to itself, or is extended by '+=', more than " + MOST_OF_ITSELF
                            + " times: write it as a whole");
        }
        if (other != null && other != node && other.entered) {
            inCircles += times;
            if (inCircles > MOST_IN_CIRCLES) {
                String through = other.included ? "" : " through " + other.path;
                throw refused(
                        node,
                        "refers to itself" + through + ": a configuration has at most " + MOST_IN_CIRCLES
                                + " substitutions that lead back to where they are");
            }
        }
    }

    /// A value may later appear in a message or a recording. So values that may be secret are substituted only for
    /// the database's keys, and never in an included file.
    private void requireNoSecret(Node node, String path) {
        boolean included = node.included && names.contains(path);
        if (!included && isOf(node.path, DATABASE)) {
            return;
        }
        Node other = find(path);
        // A key with an optional substitution may end up without a value: then the environment variable of its name is
        // used.
        boolean mayBeVariable = other == null || !other.references.isEmpty();
        boolean secret = (mayBeVariable && SECRET.matcher(variable(path)).matches())
                || (other != null
                        && !other.path.isEmpty()
                        && (isOf(other.path, DATABASE) || isOf(DATABASE, other.path)));
        if (secret && included) {
            throw refused(
                    node,
                    "takes what may be a password, which an included file never gets: put that line into the "
                            + "file that --config names, under " + DATABASE);
        }
        if (secret) {
            throw refused(
                    node,
                    "takes " + Shown.shortened(path.strip()) + ", which may contain a password: that is "
                            + "substituted only for "
                            + DATABASE);
        }
    }

    private static boolean isOf(String path, String section) {
        return path.equals(section) || path.startsWith(section + ".");
    }

    private static ConfigException refused(Node node, String message) {
        return node.included
                ? new ConfigException(node.origin, "", "what is written here " + message)
                : new ConfigException(node.origin, node.path, message);
    }

    /// The environment variable that a path names, if the path is not a key.
    private static String variable(String path) {
        List<String> parts = IncludedNames.parts(path.strip());
        return parts.size() == 1 ? parts.getFirst() : path.strip();
    }

    private long sizeOf(String path, int depth) {
        Node node = find(path);
        if (node != null) {
            return size(node, depth);
        }
        String variable = System.getenv(variable(path));
        return variable == null ? 0 : variable.length();
    }

    /// The value at a path; if it is not known yet, the value that will contain it; null if there is none.
    private @Nullable Node find(String path) {
        Node node = root;
        for (String key : IncludedNames.parts(path)) {
            Node child = node.children.get(key);
            if (child == null) {
                return node.children.isEmpty() && node != root ? node : null;
            }
            node = child;
        }
        return node;
    }
}
