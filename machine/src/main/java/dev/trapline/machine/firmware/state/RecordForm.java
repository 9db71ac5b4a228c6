package dev.trapline.machine.firmware.state;

import dev.trapline.abi.firmware.ThrownText;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A record: its components in their order. Its own constructor makes it again, so that it checks what it always
/// checks.
final class RecordForm implements Form {

    private final Class<?> type;
    private final Constructor<?> constructor;
    private final List<Method> accessors = new ArrayList<>();
    /// Filled in when all of them are known: a record may contain its like.
    private final List<Form> forms = new ArrayList<>();

    /// @param where for messages
    RecordForm(Class<?> type, String where) {
        this.type = type;
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] parameters = new Class<?>[components.length];
        try {
            for (int k = 0; k < components.length; k++) {
                parameters[k] = components[k].getType();
                Method accessor = components[k].getAccessor();
                accessor.setAccessible(true);
                accessors.add(accessor);
            }
            constructor = type.getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
        } catch (InaccessibleObjectException | NoSuchMethodException e) {
            throw new UnsupportedStateException(
                    where + " is " + type.getName() + ", whose module does not let its components be read", e);
        }
    }

    void add(Form form) {
        forms.add(form);
    }

    @Override
    public void write(StateWriter out, Object value) {
        for (int k = 0; k < forms.size(); k++) {
            Object component;
            try {
                component = accessors.get(k).invoke(value);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new UnsupportedStateException(
                        type.getName() + "." + accessors.get(k).getName() + "() does not answer", e);
            }
            if (accessors.get(k).getReturnType().isPrimitive()) {
                forms.get(k).write(out, component);
            } else {
                CollectionForms.writeNullable(out, component, forms.get(k));
            }
        }
    }

    @Override
    public Object read(StateReader in) {
        @Nullable Object[] components = new @Nullable Object[forms.size()];
        for (int k = 0; k < components.length; k++) {
            components[k] = accessors.get(k).getReturnType().isPrimitive()
                    ? forms.get(k).read(in)
                    : CollectionForms.readNullable(in, forms.get(k));
        }
        try {
            return constructor.newInstance(components);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            String why = cause == null ? "no reason given" : ThrownText.of(cause);
            throw new StateDamagedException(type.getName() + " refuses its components: " + why, e);
        } catch (InstantiationException | IllegalAccessException | IllegalArgumentException e) {
            throw new StateDamagedException(type.getName() + " cannot be made: " + e, e);
        }
    }
}
