package dev.trapline.unicorn.counting;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// A way to make the library faster without changing a byte of it. Shortcuts read or write internal data of the
/// library. So each is used only if tests with the loaded library have passed ([dev.trapline.unicorn.Shortcuts]), and
/// can be switched off. A guest's behaviour never depends on them.
public enum Shortcut {
    /// Stores to pages from which no code was fetched do not leave the translated code.
    STORES("stores", "stores to pages without code stay within the translated code"),
    /// Instructions are counted a block at a time. Needs [#STORES].
    BUDGETS("budgets", "instructions are counted a block at a time"),
    /// Blocks count by themselves, without a call. Needs [#BUDGETS].
    INLINE("inline", "blocks count within the translated code");

    /// The JVM's property that sets which may be used: `all`, `none`, or names with commas between them.
    public static final String PROPERTY = "trapline.engine.shortcuts";

    private static final String ALL = "all";
    private static final String NONE = "none";

    private final String id;
    private final String meaning;

    Shortcut(String id, String meaning) {
        this.id = id;
        this.meaning = meaning;
    }

    /// The name in configuration.
    public String id() {
        return id;
    }

    /// A short description for messages.
    public String meaning() {
        return meaning;
    }

    /// Reads `all`, `none`, or names with commas between them.
    ///
    /// @throws IllegalArgumentException if a name is unknown
    public static Set<Shortcut> parse(String text) {
        Set<Shortcut> named = EnumSet.noneOf(Shortcut.class);
        for (String word : text.split(",", -1)) {
            named.addAll(named(word.strip()));
        }
        return named;
    }

    private static Set<Shortcut> named(String word) {
        if (word.equals(ALL)) {
            return EnumSet.allOf(Shortcut.class);
        }
        if (word.equals(NONE)) {
            return EnumSet.noneOf(Shortcut.class);
        }
        Set<String> known = new TreeSet<>(List.of(ALL, NONE));
        for (Shortcut shortcut : values()) {
            if (shortcut.id.equals(word)) {
                return EnumSet.of(shortcut);
            }
            known.add(shortcut.id);
        }
        throw new IllegalArgumentException("'" + word + "' is not a shortcut of the engine; use " + known);
    }

    /// The shortcuts that [#PROPERTY] names; all of them if it is not set.
    public static Set<Shortcut> standard() {
        return parse(System.getProperty(PROPERTY, ALL));
    }
}
