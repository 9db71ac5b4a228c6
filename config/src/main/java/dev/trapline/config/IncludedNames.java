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

/// The substitutions in included files, as they are written there.
///
/// If a file is included within a section, the library puts the section's path in front of each substituted name. It
/// looks up that path first, and then the name as written. It does not report the length of the prefix. So to find what
/// a name may refer to, all its suffixes that occur in an included file must be tried.
final class IncludedNames {

    /// A substitution in the text of a configuration that is not resolved.
    static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{\\??((?:\"(?:[^\"\\\\]|\\\\.)*\"|[^\"}])*)}");

    private final Set<String> written = new TreeSet<>();

    /// Records the substitutions of an included file.
    ///
    /// @param included the file, before it is merged into another one
    void add(Config included) {
        Matcher matcher = SUBSTITUTION.matcher(included.root().render(ConfigRenderOptions.concise()));
        while (matcher.find()) {
            written.add(ConfigUtil.joinPath(parts(matcher.group(1))));
        }
    }

    /// All names that a name may refer to: itself, and suffixes of it.
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

    /// Whether an included file substitutes a name, with or without a prefix.
    boolean contains(String name) {
        List<String> parts = parts(name);
        for (int n = 0; n < parts.size(); n++) {
            if (written.contains(ConfigUtil.joinPath(parts.subList(n, parts.size())))) {
                return true;
            }
        }
        return false;
    }

    /// The keys of a path. A text that is not a path counts as one key: the library cannot have added a prefix to
    /// it.
    static List<String> parts(String name) {
        try {
            return ConfigUtil.splitPath(name);
        } catch (ConfigException e) {
            return List.of(name);
        }
    }
}
