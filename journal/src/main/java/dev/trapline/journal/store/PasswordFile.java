package dev.trapline.journal.store;

import java.util.ArrayList;
import java.util.List;

/// Finds a password in the text of a file of passwords, with the rules of libpq. Trapline reads the file itself: the
/// driver fails on a line that ends early, and looks up several hosts as one.
///
/// ```text
/// HOST:PORT:DATABASE:USER:PASSWORD
/// ```
/// Each of the first four fields may be `*`. A backslash precedes `:` and `\` in a field. Lines that begin with `#`,
/// and lines with fewer fields, have no effect.
///
/// Source: PostgreSQL's documentation, 32.16 (the password file).
final class PasswordFile {

    private static final int FIELDS = 5;

    private PasswordFile() {}

    /// The password for a database. With several hosts, each must have the same one: otherwise the password of one
    /// host could be used at another.
    ///
    /// @param text the text of the file
    /// @param hosts `HOST:PORT` each
    /// @return empty if there is none
    static String find(String text, List<String> hosts, String name, String user) {
        List<String> found = hosts.stream()
                .map(host -> ofHost(text, host, name, user))
                .distinct()
                .toList();
        return found.size() == 1 ? found.getFirst() : "";
    }

    private static String ofHost(String text, String host, String name, String user) {
        int colon = host.lastIndexOf(':');
        String address = host.substring(0, colon);
        // An IPv6 address has brackets in a URL, and none in this file.
        String plain = address.startsWith("[") ? address.substring(1, address.length() - 1) : address;
        List<String> wanted = List.of(plain, host.substring(colon + 1), name, user);
        return text.lines()
                .filter(line -> !line.startsWith("#"))
                .map(PasswordFile::fields)
                .filter(fields -> fields.size() == FIELDS && isFor(fields, wanted))
                .map(List::getLast)
                .findFirst()
                .orElse("");
    }

    private static boolean isFor(List<String> fields, List<String> wanted) {
        for (int n = 0; n < wanted.size(); n++) {
            if (!fields.get(n).equals("*") && !unescaped(fields.get(n)).equals(wanted.get(n))) {
                return false;
            }
        }
        return true;
    }

    /// The first four fields as written, and the password; fewer if there are fewer. The password ends at the next
    /// ':'.
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        int begin = 0;
        for (int at = 0; at <= line.length() && fields.size() < FIELDS; at++) {
            if (at == line.length() || line.charAt(at) == ':') {
                String field = line.substring(begin, at);
                fields.add(fields.size() == FIELDS - 1 ? unescaped(field) : field);
                begin = at + 1;
            } else if (line.charAt(at) == '\\' && at + 1 < line.length()) {
                at++;
            }
        }
        return fields;
    }

    private static String unescaped(String field) {
        StringBuilder plain = new StringBuilder();
        for (int at = 0; at < field.length(); at++) {
            if (field.charAt(at) == '\\' && at + 1 < field.length()) {
                at++;
            }
            plain.append(field.charAt(at));
        }
        return plain.toString();
    }
}
