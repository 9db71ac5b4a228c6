package dev.trapline.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The substitutions of included files, as they are written there.
///
/// Where a file is included within a section, the library puts the section's path in front of each name that the file
/// substitutes: it looks there first, and then for the name as it was written. It does not tell how long the path in
/// front is. To know where a name may lead, one has to look for all ends of it that are written in an included file.
final class IncludedNames {

    /// A substitution in the text of a configuration that is not resolved.
    static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{\\??((?:\"(?:[^\"\\\\]|\\\\.)*\"|[^\"}])*)}");

    private final Set<String> written = new TreeSet<>();

    /// Notes what an included file substitutes.
    ///
    /// @param included before it becomes a part of another one
    void add(Config included) {
        Matcher matcher = SUBSTITUTION.matcher(included.root().render(ConfigRenderOptions.concise()));
        while (matcher.find()) {
            written.add(ConfigUtil.joinPath(parts(matcher.group(1))));
        }
    }

    /// Every name that a name may stand for: itself, and ends of it.
    ///
    /// @param name as the library shows it
    List<String> meanings(String name) {
        List<String> meanings = new ArrayList<>(List.of(name));
        List<String> parts = parts(name);
        for (int n = 1; n < parts.size(); n++) {
            String end = ConfigUtil.joinPath(parts.subList(n, parts.size()));
            if (written.contains(end)) {
                meanings.add(end);
            }
        }
        return meanings;
    }

    /// Whether an included file substitutes a name: as it is, or with a path in front.
    boolean contains(String name) {
        List<String> parts = parts(name);
        for (int n = 0; n < parts.size(); n++) {
            if (written.contains(ConfigUtil.joinPath(parts.subList(n, parts.size())))) {
                return true;
            }
        }
        return false;
    }

    /// The keys of a path. What is no path has one: the library cannot have made it longer.
    static List<String> parts(String name) {
        try {
            return ConfigUtil.splitPath(name);
        } catch (ConfigException e) {
            return List.of(name);
        }
    }
}
