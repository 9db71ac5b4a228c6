package dev.trapline.firmware.sdei;

import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Reads SDEI's settings. An error names the key and the values that it accepts.
final class SettingsReader {

    private static final String VERSION = "version";
    private static final String EVENTS = "events";
    private static final String PRIVATE_SLOTS = "private-slots";
    private static final String SHARED_SLOTS = "shared-slots";
    private static final String SIGNALED = "event-signaled";
    private static final String SECURE_INTERRUPTS = "secure-interrupts";

    private static final String FORM =
            "NUMBER:private|shared:normal|critical, and with :signalable or :INTID if it is so";

    /// The keys, with their defaults.
    static final List<Setting> SETTINGS = List.of(
            new Setting(VERSION, SdeiVersion.V1_1.toString(), "the version: " + SdeiVersion.texts()),
            new Setting(EVENTS, "804:shared:critical, 805:private:normal", "the platform's events, each " + FORM),
            new Setting(PRIVATE_SLOTS, "3", "how many PPIs can be bound, 0 to 16: events 1000 and on"),
            new Setting(SHARED_SLOTS, "3", "how many SPIs can be bound, 0 to 988: events 2000 and on"),
            new Setting(
                    SIGNALED,
                    "specification",
                    "the answer of EVENT_GET_INFO for EV_SIGNALED: specification (1 if an event can be "
                            + "signalled), or tf-a (the inverse)"),
            new Setting(
                    SECURE_INTERRUPTS,
                    "",
                    "INTIDs that cannot be bound because they do not belong to the " + "client, as 29, 56-60"));

    /// The numbers of the slots' events begin where TF-A's do.
    private static final int FIRST_PRIVATE_SLOT = 1000;

    private static final int FIRST_SHARED_SLOT = 2000;
    private static final int PPIS = Interrupts.FIRST_SPI - Interrupts.FIRST_PPI;
    private static final int SPIS = Interrupts.LAST_SPI - Interrupts.FIRST_SPI + 1;

    private static final Pattern EVENT =
            Pattern.compile("(?<number>\\d{1,9}):(?<type>private|shared):(?<priority>normal|critical)"
                    + "(?<signalable>:signalable)?(:(?<intid>\\d{1,4}))?");
    private static final Pattern RANGE = Pattern.compile("(?<first>\\d{1,4})(-(?<last>\\d{1,4}))?");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,4}");

    private final ServiceContext context;

    private SettingsReader(ServiceContext context) {
        this.context = context;
    }

    /// The settings of a machine.
    ///
    /// @throws IllegalArgumentException if a setting is invalid
    static SdeiSettings read(ServiceContext context) {
        return new SettingsReader(context).read();
    }

    private SdeiSettings read() {
        int privateSlots = slots(PRIVATE_SLOTS, PPIS);
        int sharedSlots = slots(SHARED_SLOTS, SPIS);
        List<EventDefinition> events = new ArrayList<>();
        events.add(EventDefinition.SOFTWARE_SIGNALLED);
        addSlots(events, FIRST_PRIVATE_SLOT, privateSlots, EventType.PRIVATE);
        addSlots(events, FIRST_SHARED_SLOT, sharedSlots, EventType.SHARED);
        list(EVENTS).forEach(text -> add(events, text));
        return new SdeiSettings(
                SdeiVersion.of(context.setting(VERSION)),
                events,
                privateSlots,
                sharedSlots,
                inverseSignalled(),
                secureInterrupts());
    }

    private boolean inverseSignalled() {
        String text = context.setting(SIGNALED);
        return switch (text) {
            case "specification" -> false;
            case "tf-a" -> true;
            default ->
                throw new IllegalArgumentException(
                        "'" + SIGNALED + "' takes specification or tf-a, not '" + text + "'");
        };
    }

    private static void addSlots(List<EventDefinition> events, int first, int count, EventType type) {
        IntStream.range(first, first + count).forEach(number -> events.add(EventDefinition.slot(number, type)));
    }

    private static void add(List<EventDefinition> events, String text) {
        EventDefinition event = event(text);
        for (EventDefinition other : events) {
            if (other.number() == event.number()) {
                throw wrong(
                        EVENTS,
                        "declares event " + event.number() + ", which already exists"
                                + (other.dynamic() ? " as a slot for interrupts" : ""));
            }
            if (event.intid() != EventDefinition.NO_INTERRUPT && other.intid() == event.intid()) {
                throw wrong(
                        EVENTS,
                        "binds interrupt " + event.intid() + " to event " + event.number() + " and to event "
                                + other.number());
            }
        }
        events.add(event);
    }

    private static EventDefinition event(String text) {
        Matcher parts = EVENT.matcher(text);
        if (!parts.matches()) {
            throw wrong(EVENTS, "takes events as " + FORM + ", not '" + text + "'");
        }
        EventDefinition event = new EventDefinition(
                Integer.parseInt(parts.group("number")),
                EventType.valueOf(upper(parts.group("type"))),
                EventPriority.valueOf(upper(parts.group("priority"))),
                parts.group("signalable") != null,
                false,
                parts.group("intid") == null ? EventDefinition.NO_INTERRUPT : Integer.parseInt(parts.group("intid")));
        if (event.isShared() && event.signalable()) {
            throw wrong(EVENTS, "makes event " + event.number() + " signalable, which only a private event can be");
        }
        if (event.intid() != EventDefinition.NO_INTERRUPT && Interrupts.typeOf(event.intid()) != event.type()) {
            throw wrong(
                    EVENTS,
                    "binds interrupt " + event.intid() + " to event " + event.number()
                            + ": a private event takes a PPI, 16 to 31, a shared one an SPI, 32 to 1019");
        }
        return event;
    }

    private static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    private int slots(String key, int most) {
        String text = context.setting(key).strip();
        if (!NUMBER.matcher(text).matches() || Integer.parseInt(text) > most) {
            throw wrong(key, "takes 0 to " + most + ", not '" + text + "'");
        }
        return Integer.parseInt(text);
    }

    private List<Integer> secureInterrupts() {
        NavigableSet<Integer> intids = new TreeSet<>();
        for (String text : list(SECURE_INTERRUPTS)) {
            Matcher range = RANGE.matcher(text);
            if (!range.matches()) {
                throw wrong(SECURE_INTERRUPTS, "takes INTIDs as 29, 56-60, not '" + text + "'");
            }
            int first = Integer.parseInt(range.group("first"));
            int last = range.group("last") == null ? first : Integer.parseInt(range.group("last"));
            IntStream.rangeClosed(first, last).forEach(intids::add);
        }
        return List.copyOf(intids);
    }

    /// The parts between commas, without blanks; empty for a blank text.
    private List<String> list(String key) {
        return Arrays.stream(context.setting(key).split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private static IllegalArgumentException wrong(String key, String what) {
        return new IllegalArgumentException("'" + key + "' " + what);
    }
}
