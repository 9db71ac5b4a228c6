package dev.trapline.journal.store;

import java.util.List;

/// Finds a password in the text of a file of passwords, with the rules of libpq. Trapline reads the file itself: the
/// driver fails on a line that ends early, and looks up several hosts as one.
///
/// ```text
/// HOST:PORT:DATABASE:USER:PASSWORD
/// ```
/// Each of the first four fields may be `*`. A backslash precedes `:` and `\` in a field. A line feed ends a line.
/// Lines that begin with `#`, and lines with fewer fields, have no effect. As in libpq, a `:` of an address of IP
/// version 6 needs no backslash.
///
/// Source: PostgreSQL's documentation, 32.16 (the password file).
final class PasswordFile {

    private static final int NOT_FOR_IT = -1;

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
        for (String line : text.split("\n", -1)) {
            int password = line.startsWith("#") ? NOT_FOR_IT : afterFields(line, wanted);
            if (password != NOT_FOR_IT) {
                return password(line.substring(password));
            }
        }
        return "";
    }

    /// Where the password of a line begins, if its fields are these.
    private static int afterFields(String line, List<String> wanted) {
        int at = 0;
        for (String field : wanted) {
            at = line.startsWith("*:", at) ? at + 2 : afterField(line, at, field);
            if (at == NOT_FOR_IT) {
                return NOT_FOR_IT;
            }
        }
        return at;
    }

    /// A ':' ends a field only where the wanted one ends, so it need not be escaped.
    private static int afterField(String line, int begin, String wanted) {
        int at = begin;
        for (int matched = 0; at < line.length(); matched++) {
            if (line.charAt(at) == ':' && matched == wanted.length()) {
                return at + 1;
            }
            if (line.charAt(at) == '\\') {
                at++;
            }
            if (matched == wanted.length() || at == line.length() || line.charAt(at) != wanted.charAt(matched)) {
                return NOT_FOR_IT;
            }
            at++;
        }
        return NOT_FOR_IT;
    }

    /// The password ends at the next ':' or at the end of the line, without the carriage returns there.
    private static String password(String rest) {
        int end = rest.length();
        while (end > 0 && rest.charAt(end - 1) == '\r') {
            end--;
        }
        StringBuilder plain = new StringBuilder();
        for (int at = 0; at < end && rest.charAt(at) != ':'; at++) {
            if (rest.charAt(at) == '\\' && at + 1 < end) {
                at++;
            }
            plain.append(rest.charAt(at));
        }
        return plain.toString();
    }
}
