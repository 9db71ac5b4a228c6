package dev.trapline.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/// Makes the help of commands fit the terminal.
final class HelpText {

    /// What picocli needs for its columns.
    private static final int NARROWEST = 55;
    /// Longer lines are hard to read.
    private static final int WIDEST = 120;

    private HelpText() {}

    /// Prepares a command and all of its own.
    static void prepare(CommandLine command, Terminal terminal) {
        prepare(command, Math.clamp(terminal.columns(), NARROWEST, WIDEST));
    }

    /// @param width in columns
    static void prepare(CommandLine command, int width) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        usage.width(width);
        String list = list(width, command.getSubcommands());
        usage.sectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, help -> list);
        usage.description(wrapped(width, usage.description()));
        usage.footer(wrapped(width, usage.footer()));
        command.getSubcommands().values().forEach(subcommand -> prepare(subcommand, width));
    }

    /// The list of a command's own commands, each with its first sentence. picocli shows the first line of each
    /// instead.
    private static String list(int width, Map<String, CommandLine> commands) {
        int names = commands.keySet().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder list = new StringBuilder();
        commands.forEach((name, command) -> {
            String left = "  " + name;
            for (String line : wrapped(width - names - 4, firstSentence(command))) {
                list.append(left)
                        .append(" ".repeat(names + 4 - left.length()))
                        .append(line)
                        .append('\n');
                left = "";
            }
        });
        return list.toString();
    }

    private static String firstSentence(CommandLine command) {
        String text = paragraphs(command.getCommandSpec().usageMessage().description())[0].formatted();
        int end = text.indexOf(". ");
        return end < 0 ? text : text.substring(0, end + 1);
    }

    // picocli breaks lines within words too, behind a point or a colon: 'record.' and 'store'.
    private static String[] wrapped(int width, String... lines) {
        List<String> wrapped = new ArrayList<>();
        for (String paragraph : paragraphs(lines)) {
            if (paragraph.isEmpty() || paragraph.startsWith(" ")) {
                wrapped.add(paragraph);
                continue;
            }
            StringBuilder line = new StringBuilder();
            for (String word : paragraph.split(" ", -1)) {
                // picocli itself leaves the last column free.
                if (!line.isEmpty() && line.length() + 1 + word.length() >= width) {
                    wrapped.add(line.toString());
                    line.setLength(0);
                }
                line.append(line.isEmpty() ? "" : " ").append(word);
            }
            wrapped.add(line.toString());
        }
        return wrapped.toArray(String[]::new);
    }

    /// Joins the lines of each paragraph: where they break is the terminal's business. A line that begins with a
    /// space is an example and stays as it is; an empty one ends a paragraph.
    static String[] paragraphs(String... lines) {
        List<String> paragraphs = new ArrayList<>();
        boolean goesOn = false;
        for (String line : lines) {
            boolean isText = !line.isEmpty() && !line.startsWith(" ");
            if (isText && goesOn) {
                paragraphs.add(paragraphs.removeLast() + " " + line);
            } else {
                paragraphs.add(line);
            }
            goesOn = isText;
        }
        return paragraphs.toArray(String[]::new);
    }
}
