package dev.trapline.launcher;

import dev.trapline.launcher.output.Terminal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// Makes the help of commands fit the terminal.
final class HelpText {

    /// Columns that picocli needs for two columns of text. On a narrower terminal, a description goes below its
    /// option.
    private static final int NARROWEST = 55;
    /// Columns for the longest option and its value.
    private static final int LEAST = 40;
    /// Longer lines are hard to read.
    private static final int WIDEST = 120;

    private HelpText() {}

    /// Prepares a command and all its subcommands.
    static void prepare(CommandLine command, Terminal terminal) {
        prepare(command, Math.clamp(terminal.columns(), LEAST, WIDEST));
    }

    /// @param width in columns
    static void prepare(CommandLine command, int width) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        usage.width(Math.max(width, NARROWEST));
        String list = list(width, listed(command));
        usage.sectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, help -> list);
        usage.description(wrapped(width, usage.description()));
        usage.footer(wrapped(width, usage.footer()));
        if (width < NARROWEST) {
            narrow(usage, width);
        }
        command.getSubcommands().values().forEach(subcommand -> prepare(subcommand, width));
    }

    /// Puts each description below its option or argument.
    private static void narrow(UsageMessageSpec usage, int width) {
        Map<String, IHelpSectionRenderer> sections = usage.sectionMap();
        sections.put(
                UsageMessageSpec.SECTION_KEY_SYNOPSIS,
                help -> indented(width, 7, help.synopsis(0).strip().replaceAll("\\s+", " "))
                        .stripLeading());
        sections.put(UsageMessageSpec.SECTION_KEY_PARAMETER_LIST, help -> {
            StringBuilder list = new StringBuilder();
            help.commandSpec().positionalParameters().stream()
                    .filter(each -> !each.hidden())
                    .forEach(each -> list.append(entry(width, each.paramLabel(), each.description())));
            return list.toString();
        });
        sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> {
            StringBuilder list = new StringBuilder();
            help.commandSpec().options().stream()
                    .filter(each -> !each.hidden())
                    .sorted(Comparator.comparingInt(OptionSpec::order))
                    .forEach(each -> list.append(entry(
                            width,
                            String.join(", ", each.names())
                                    + (each.typeInfo().isBoolean() ? "" : "=" + each.paramLabel()),
                            each.description())));
            return list.toString();
        });
        sections.put(UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST, help -> {
            StringBuilder list = new StringBuilder();
            usage.exitCodeList().forEach((code, text) -> list.append(entry(width, code, text)));
            return list.toString();
        });
    }

    private static String entry(int width, String name, String... description) {
        StringBuilder entry = new StringBuilder("  ").append(name).append('\n');
        for (String paragraph : paragraphs(description)) {
            entry.append(indented(width, 6, paragraph.formatted()));
        }
        return entry.toString();
    }

    private static String indented(int width, int columns, String text) {
        StringBuilder lines = new StringBuilder();
        for (String line : wrapped(width - columns, text)) {
            lines.append(" ".repeat(columns)).append(line).append('\n');
        }
        return lines.toString();
    }

    /// The subcommands of a command, without the hidden ones.
    static Map<String, CommandLine> listed(CommandLine command) {
        Map<String, CommandLine> listed = new LinkedHashMap<>(command.getSubcommands());
        listed.values().removeIf(each -> each.getCommandSpec().usageMessage().hidden());
        return listed;
    }

    /// The list of subcommands, each with the first sentence of its description. picocli would show the first line.
    private static String list(int width, Map<String, CommandLine> commands) {
        int names = commands.keySet().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder list = new StringBuilder();
        commands.forEach((name, command) -> {
            if (width < NARROWEST) {
                list.append(entry(width, name, firstSentence(command)));
                return;
            }
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

    // picocli also breaks lines within a word, after a dot or a colon: 'record.' and 'store'.
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

    /// Joins the lines of each paragraph: the terminal decides where they break. A line that begins with a space is
    /// an example and stays as it is; an empty one ends a paragraph.
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
