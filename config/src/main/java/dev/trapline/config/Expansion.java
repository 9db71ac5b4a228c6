package dev.trapline.config;

import com.typesafe.config.ConfigException.NotResolved;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How long a configuration becomes when its substitutions are filled in, found out without doing it: forty lines that
/// name the one before twice each come to a million million characters.
final class Expansion {

    private static final long MOST = 1 << 20;
    private static final int DEEPEST = 64;
    private static final int MOST_IN_CIRCLE = 16;
    private static final int MOST_OF_ITSELF = 50;

    /// Whose keys may hold a password.
    private static final String DATABASE = "trapline.record.postgresql";

    /// Variables of the environment that may hold one, by their names.
    private static final Pattern SECRET =
            Pattern.compile("(?i).*(PASSW|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|(API|PRIVATE|ACCESS|AUTH)_?KEY).*"
                    + "|(.*_)?(PASS|PAT|AUTH)(_.*)?|.+_PWD(_.*)?|TRAPLINE_POSTGRESQL_URL|DATABASE_URL");

    private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{\\??([^}]*)}");
    private static final ConfigRenderOptions CONCISE = ConfigRenderOptions.concise();

    /// A value, or a section.
    private static final class Node {
        private final Map<String, Node> children = new TreeMap<>();
        private final Map<String, Long> references = new LinkedHashMap<>();
        private String path = "";
        private String origin = "";
        private String text = "";
        private long own;
        private long whole = -1;
        private boolean entered;
    }

    private final Node root = new Node();

    private Expansion() {}

    /// Refuses a configuration that becomes too long, or goes through too many substitutions.
    ///
    /// @param given not resolved
    /// @throws ConfigException with a value that does
    static void check(ConfigObject given) {
        Expansion expansion = new Expansion();
        expansion.collect(expansion.root, "", given);
        expansion.size(expansion.root, 0);
    }

    private void collect(Node node, String path, ConfigValue value) {
        node.path = path;
        node.origin = Origins.describe(value.origin());
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

    /// @return whether it is a section whose keys can be seen before it is resolved
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

    /// The length of a value when it is filled in. One that refers to itself counts once: the library has a
    /// message for that.
    private long size(Node node, int depth) {
        if (node.whole >= 0 || node.entered) {
            return Math.max(node.whole, 0);
        }
        if (depth > DEEPEST) {
            throw refused(node, "is reached through more than " + DEEPEST + " substitutions");
        }
        node.entered = true;
        long size = node.references.keySet().stream().anyMatch(path -> find(path) == node) ? layered(node) : node.own;
        for (Node child : node.children.values()) {
            size += size(child, depth);
        }
        for (Map.Entry<String, Long> reference : node.references.entrySet()) {
            requireNoSecret(node, reference.getKey());
            requireNoCircle(node, reference.getKey(), reference.getValue());
            long each = sizeOf(reference.getKey(), depth + 1);
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

    /// The length of a value that is given several times, each time with what it was before: `a = ${a}${a}` doubles
    /// it.
    private long layered(Node node) {
        long size = 0;
        for (String layer : Layers.of(node.text)) {
            long times = SUBSTITUTION
                    .matcher(layer)
                    .results()
                    .filter(match -> find(match.group(1)) == node)
                    .count();
            size = Math.min(layer.length() + Math.max(1, times) * size, MOST + 1);
        }
        return size;
    }

    /// Refuses a value that often names itself, or does so by way of another: the library looks back at what it was
    /// before, and once more for each time.
    private void requireNoCircle(Node node, String path, long times) {
        Node other = find(path);
        if (other == node && times > MOST_OF_ITSELF) {
            throw refused(
                    node,
                    "names itself, or is added to by '+=', more than " + MOST_OF_ITSELF
                            + " times: write it as a whole");
        }
        if (other != null && other != node && other.entered && times > MOST_IN_CIRCLE) {
            throw refused(node, "refers to itself through " + other.path + ", more than " + MOST_IN_CIRCLE + " times");
        }
    }

    /// A value may be shown one day: in a message, in a recording. So what may be a secret is filled in for the
    /// database alone.
    private void requireNoSecret(Node node, String path) {
        if (isOf(node.path, DATABASE)) {
            return;
        }
        Node other = find(path);
        boolean secret = other == null
                ? SECRET.matcher(path.strip()).matches()
                : isOf(other.path, DATABASE) || (isOf(DATABASE, other.path) && !other.path.isEmpty());
        if (secret) {
            throw refused(
                    node,
                    "takes " + Shown.shortened(path.strip()) + ", which may hold a password: that is filled in for "
                            + DATABASE + " alone");
        }
    }

    private static boolean isOf(String path, String section) {
        return path.equals(section) || path.startsWith(section + ".");
    }

    private static ConfigException refused(Node node, String message) {
        return new ConfigException(node.origin, node.path, message);
    }

    private long sizeOf(String path, int depth) {
        Node node = find(path);
        if (node != null) {
            return size(node, depth);
        }
        String variable = System.getenv(path.strip());
        return variable == null ? 0 : variable.length();
    }

    /// The value under a path; the one that it will be part of, where it cannot be seen yet; null if there is none.
    private @Nullable Node find(String path) {
        List<String> keys = new ArrayList<>();
        try {
            keys.addAll(ConfigUtil.splitPath(path));
        } catch (com.typesafe.config.ConfigException e) {
            return null;
        }
        Node node = root;
        for (String key : keys) {
            Node child = node.children.get(key);
            if (child == null) {
                return node.children.isEmpty() && node != root ? node : null;
            }
            node = child;
        }
        return node;
    }
}
