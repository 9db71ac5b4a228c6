package dev.trapline.machine.firmware.state;

import static java.util.stream.Collectors.joining;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Goes through all types that a state is made of, and finds the form of each. Every type is looked at once.
final class TypeWalk {

    private final String service;
    private final Map<Resolved, Form> forms = new LinkedHashMap<>();
    /// What the types look like: two walks with the same text read each other's bytes.
    private final StringBuilder shape = new StringBuilder();

    /// @param service for messages
    TypeWalk(String service) {
        this.service = service;
    }

    /// Everything that decides what bytes mean, in words.
    String shape() {
        return shape.toString();
    }

    /// The form of a type.
    ///
    /// @param path to where it stands, for messages
    /// @throws UnsupportedStateException if it has none
    Form of(Resolved type, String path) {
        Form known = forms.get(type);
        if (known != null) {
            return known;
        }
        Class<?> raw = type.raw();
        Form leaf = Leaves.of(raw);
        if (leaf != null) {
            forms.put(type, leaf);
            return leaf;
        }
        if (raw.isRecord()) {
            return ofRecord(type, path);
        }
        if (raw.isEnum()) {
            return ofEnum(type);
        }
        if (raw.isInterface() && raw.isSealed()) {
            return ofSealed(type, path);
        }
        return ofCollection(type, path);
    }

    private Form ofRecord(Resolved type, String path) {
        RecordForm form = new RecordForm(type.raw(), where(path));
        // Known before its components are looked at: one of them may be the same type again.
        forms.put(type, form);
        Map<TypeVariable<?>, Resolved> known = TypeArguments.of(type);
        List<String> names = new ArrayList<>();
        for (RecordComponent component : type.raw().getRecordComponents()) {
            String at = path.isEmpty() ? component.getName() : path + "." + component.getName();
            Resolved of = TypeArguments.resolve(component.getGenericType(), known);
            if (of == null) {
                throw unsupported(at, component.getGenericType().getTypeName());
            }
            names.add(component.getName() + ":" + of);
            form.add(of(of, at));
        }
        shape.append("record ").append(type).append(names).append('\n');
        return form;
    }

    private Form ofEnum(Resolved type) {
        ChoiceForms.EnumForm form = ChoiceForms.EnumForm.of(type.raw());
        forms.put(type, form);
        shape.append("enum ").append(type).append(form.constants().keySet()).append('\n');
        return form;
    }

    private Form ofSealed(Resolved type, String path) {
        Map<String, Form> permitted = new TreeMap<>();
        ChoiceForms.SealedForm form = new ChoiceForms.SealedForm(type.raw(), permitted);
        forms.put(type, form);
        addPermitted(type, path, permitted);
        shape.append("sealed ").append(type).append(permitted.keySet()).append('\n');
        return form;
    }

    private void addPermitted(Resolved type, String path, Map<String, Form> permitted) {
        for (Class<?> subclass : type.raw().getPermittedSubclasses()) {
            Resolved below = TypeArguments.below(type, subclass);
            if (below == null || !(subclass.isRecord() || subclass.isEnum() || isClosed(subclass))) {
                throw unsupported(path, subclass.getName());
            }
            if (isClosed(subclass)) {
                addPermitted(below, path, permitted);
            } else {
                permitted.put(subclass.getName(), of(below, path));
            }
        }
    }

    private static boolean isClosed(Class<?> type) {
        return type.isInterface() && type.isSealed();
    }

    private Form ofCollection(Resolved type, String path) {
        List<Form> arguments = new ArrayList<>();
        if (isCollection(type.raw())) {
            for (Resolved argument : type.arguments()) {
                arguments.add(of(argument, path + "[]"));
            }
        }
        Form form = CollectionForms.of(type.raw(), arguments, where(path));
        if (form == null) {
            throw unsupported(path, type.toString());
        }
        forms.put(type, form);
        return form;
    }

    private static boolean isCollection(Class<?> type) {
        return (type.isInterface() && type.getPackageName().equals("java.util")) || type == java.util.Optional.class;
    }

    private UnsupportedStateException unsupported(String path, String type) {
        return new UnsupportedStateException(
                where(path) + " is " + type + ": " + UnsupportedStateException.KINDS + ", and of nothing else");
    }

    private String where(String path) {
        return "service '" + service + "': its state" + (path.isEmpty() ? "" : "'s component " + path);
    }

    @Override
    public String toString() {
        return forms.keySet().stream().map(Resolved::toString).collect(joining(", "));
    }
}
