package dev.trapline.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// What a guest of the folder `guests/corners` has to print: a value from the specification for each name.
///
/// The table is a file with the columns `name;value;section;QEMU 7.2;Trapline`. The last two are empty, or contain a
/// known difference: the value that is printed instead, a space, and the reason.
public record CornerTable(List<Row> rows) {

    private static final String HEAD = "name;value;section;QEMU 7.2;Trapline";

    public CornerTable {
        rows = List.copyOf(rows);
    }

    /// Who ran the guest.
    public enum Host {
        QEMU,
        TRAPLINE
    }

    /// One check.
    ///
    /// @param value that the specification demands, in hexadecimal
    /// @param section of the specification
    /// @param qemu the known difference of QEMU, or an empty text
    /// @param trapline the known difference of Trapline, or an empty text
    public record Row(String name, String value, String section, String qemu, String trapline) {

        /// The line that a host prints.
        String line(Host host) {
            String difference = difference(host);
            return name + " " + padded(difference.isEmpty() ? value : difference.substring(0, difference.indexOf(' ')));
        }

        /// The known difference of a host.
        public String difference(Host host) {
            return switch (host) {
                case QEMU -> qemu;
                case TRAPLINE -> trapline;
            };
        }

        private static String padded(String hexadecimal) {
            return "%016x".formatted(Long.parseUnsignedLong(hexadecimal.substring(2), 16));
        }
    }

    /// Reads the table of a guest from the class path.
    ///
    /// @param guest without its suffix
    public static CornerTable of(String guest) throws IOException {
        String file = "/corners/" + guest + ".csv";
        try (InputStream in = Objects.requireNonNull(CornerTable.class.getResourceAsStream(file), file)) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            if (!lines.getFirst().equals(HEAD)) {
                throw new IOException(file + " begins with '" + lines.getFirst() + "', not with '" + HEAD + "'");
            }
            List<Row> rows = new ArrayList<>();
            for (String line : lines.subList(1, lines.size())) {
                String[] cells = line.split(";", -1);
                if (cells.length != 5) {
                    throw new IOException(file + ": '" + line + "' has " + cells.length + " cells, not 5");
                }
                rows.add(new Row(cells[0], cells[1], cells[2], cells[3], cells[4]));
            }
            return new CornerTable(rows);
        }
    }

    /// What a host prints: the values of the specification, except for its known differences.
    public List<String> lines(Host host) {
        return rows.stream().map(row -> row.line(host)).toList();
    }
}
