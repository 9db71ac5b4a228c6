package dev.trapline.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.Fault;
import dev.trapline.abi.fault.FaultPlace;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.InputFault;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.Moment;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads one rule of a plan of faults, and collects its errors.
final class FaultSettings {

    private static final List<String> KEYS = List.of("name", "at", "when", "do");
    private static final List<String> WHEN = List.of("nth", "every", "probability", "from", "until", "after", "times");

    private final SectionReader rule;
    private final String name;
    private final Collection<ServiceDescriptor> services;

    /// @param path what the rule is called in messages
    /// @param otherwise the rule's name if it has none of its own
    FaultSettings(
            String path,
            String otherwise,
            ConfigObject rule,
            Collection<ServiceDescriptor> services,
            List<ConfigProblem> problems) {
        this.rule = new SectionReader(path, rule, problems);
        this.services = List.copyOf(services);
        ConfigValue given = rule.get("name");
        this.name = given == null ? otherwise : Settings.shown(given);
        if (given != null && !FaultRule.isName(name)) {
            this.rule.refuse("name", given, "takes 1 to 64 letters, digits, '.', '_' and '-'", ", not " + name);
        }
    }

    /// The rule; null if it has an error.
    @Nullable
    FaultRule read() {
        rule.requireKnown(KEYS);
        SectionReader at = rule.section("at");
        FaultPlaces places = new FaultPlaces(services);
        FaultPlace where = at == null ? CallPattern.ANY : places.read(at);
        Occasion when = when();
        Fault what = null;
        if (!rule.has("do")) {
            rule.missing("do", "fault", ": it says what happens, as in do { refuse = -3 }");
        } else {
            SectionReader doing = rule.section("do");
            what = doing == null ? null : new FaultKinds(doing, places.functions(where)).read();
        }
        if (!rule.isFine() || where == null || when == null || what == null) {
            return null;
        }
        if (!where.takes(what)) {
            rule.refuse(wrongPlace(what));
            return null;
        }
        try {
            return new FaultRule(name, where, when, what, rule.origin());
        } catch (IllegalArgumentException e) {
            rule.refuse("can never be: " + e.getMessage());
            return null;
        }
    }

    private static String wrongPlace(Fault what) {
        String kind = FaultKind.of(what).id();
        return switch (what) {
            case CallFault _ -> "can never be: '" + kind + "' happens to a call, so 'at' names no moment and no input";
            case MachineFault _ ->
                "can never be: '" + kind
                        + "' happens to the machine, at a moment or behind a call, and not to an input";
            case InputFault fault ->
                fault == InputFault.DROPPED
                        ? "can never be: 'drop' happens to an input; say which, as in at { input = console }"
                        : "can never be: '" + kind
                                + "' happens to an input from the console or the network, as in at { input = console }";
        };
    }

    private @Nullable Occasion when() {
        SectionReader when = rule.section("when");
        if (when == null) {
            return Occasion.ALWAYS;
        }
        when.requireKnown(WHEN);
        long nth = when.number("nth", 1, Long.MAX_VALUE, 0);
        long every = when.number("every", 1, Long.MAX_VALUE, 1);
        long times = when.number("times", 1, Long.MAX_VALUE, nth == 0 ? Long.MAX_VALUE : 1);
        double probability = probability(when);
        Moment from = moment(when, "from");
        Moment until = moment(when, "until");
        ConfigValue after = when.get("after");
        if (!when.isFine()) {
            return null;
        }
        try {
            return new Occasion(
                    nth, every, probability, from, until, after == null ? "" : Settings.shown(after), times);
        } catch (IllegalArgumentException e) {
            when.refuse("can never be: " + e.getMessage());
            return null;
        }
    }

    private static double probability(SectionReader when) {
        ConfigValue value = when.get("probability");
        String text = value == null ? "1" : Settings.shown(value);
        double number = text.matches("[0-9]{1,9}|[0-9]?\\.[0-9]{1,20}|[1-9](\\.[0-9]{1,20})?[eE]-[0-9]{1,2}")
                ? Double.parseDouble(text)
                : -1;
        if (value != null && !(number > 0 && number <= 1)) {
            when.refuse("probability", value, "takes a number above 0, and at most 1, as in 0.1", ", not " + text);
            return 1;
        }
        return number;
    }

    /// A moment; null if the key is not given, or is none, which is reported.
    static @Nullable Moment moment(SectionReader when, String key) {
        ConfigValue value = when.get(key);
        Moment moment = value == null ? null : PlannedText.moment(Settings.shown(value));
        if (value != null && moment == null) {
            when.refuse(
                    key,
                    value,
                    "takes " + PlannedText.MOMENTS + ", as in \"time:5ms\"",
                    ", not " + Settings.shown(value));
        }
        return moment;
    }
}
