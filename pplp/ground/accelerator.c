/* The hot operators of pplp, compiled.

   Everything that an operator means is written in Python, in `pplp.core`.  This module repeats the plain case of the
   few methods that run once for each term, row or variable, and calls the Python method of the same name for all else:
   another program, a removed variable, a number that must be checked or refused, a subclass, a name, a thread that has
   to wait.  So errors, chains and the frames that they look at are those of the Python source.

   `compiled(cls)` derives from a Python class a type with the same fields, which are its __slots__; their places are
   asked of the class, and a class that has other fields than this file expects stays as it is.

   Two kinds of sum have more than those fields.  A sum that was made here has its terms in a `Buffer` of C numbers, and
   its slots for lists are empty.  When a Python method reads `_indices`, `_coefficients` or `_length`, the same terms
   are put into the slots as well; a sum's terms never change, so both stay true.  A sum that Python made has lists only.

   A buffer is shared by the sums that grew from one another.  Each sum has its own length; the one whose length is that
   of the buffer may append to it.  Entries that a sum counts never change.

   Who owns what: a sum owns a reference to its program and a share of its buffer; a relation owns its expression; the
   rows own their waiting terms.  What is borrowed is said where it is borrowed.  No function here calls Python code
   between two changes of a program: what could run Python code (the garbage collector at an allocation) comes first.

   The interpreter's lock is what makes all this safe, so free-threaded builds use the Python source, and so do
   interpreters other than the main one: the types below are of one interpreter. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <frameobject.h>
#include <structmember.h>
#include <stdint.h>
#if defined(PYPY_VERSION) || defined(Py_GIL_DISABLED)
#error "This Python runs the Python source of pplp; the accelerator is not for it."
#endif

#if PY_VERSION_HEX < 0x030A0000
static inline PyObject *new_ref(PyObject *o) { Py_INCREF(o); return o; }
#define Py_NewRef(o) new_ref((PyObject *)(o))
static inline PyObject *Py_XNewRef(PyObject *o) { Py_XINCREF(o); return o; }
#endif

/* As in pplp.core.scalars and expressions: numbers in these ranges need no closer look. */
#define LARGE 9007199254740992.0
#define SMALL 1e-100
#define HUGE_SIDE 1e100
#define LONG_SUM 32
#define WAITING_BLOCK (1 << 15)

/* ---------------------------------------------------------------- layouts: the slots of the Python classes, by name */
enum { VARIABLE, TERM, VARIABLE_SUM, SUM, RELATION, DIFFERENCE, CONSTRAINT, WAITING, ROWS, MODEL, KINDS };

typedef struct { double a; int32_t j; int32_t is_int; } Entry; /* is_int: the user wrote 3, not 3.0 */
typedef struct { Py_ssize_t owners, used, room; Entry *entries; Entry few[4]; } Buffer;

/* An index is a number in the place of a slot, twice it plus 1: no object has such an address.  It is an object where it
   is no plain int, as a removed variable's.  0: empty. */
typedef intptr_t Index;
typedef struct { PyObject_HEAD Index index; PyObject *program; } Variable; /* and Constraint */
typedef struct { PyObject_HEAD PyObject *coefficient; Index index; PyObject *program; } Term;
typedef struct { /* what both kinds of sum have */
    PyObject *constant, *indices, *length, *program;
    Buffer *buffer; /* NULL: the terms are in the slots alone */
    Py_ssize_t count;
} Terms;
typedef struct { PyObject_HEAD Terms terms; } VariableSum;
typedef struct { PyObject_HEAD PyObject *coefficients; Terms terms; } Sum;
typedef struct { PyObject_HEAD PyObject *expression, *lower, *upper; } Relation;
typedef struct {
    PyObject_HEAD PyObject *base, *unused[2]; /* its terms are never in the slots */
    Py_ssize_t used, room;
    int32_t *indices;
    double *values;
} Waiting;

static const char *const names[KINDS] = {"Variable", "Term", "VariableSum", "Sum", "Relation", "Difference",
                                         "Constraint", "_Tail", "Rows", "Model"};
static const char *const slots[KINDS][6] = {
    {"_index", "_program"}, {"_coefficient", "_index", "_program"}, {"_constant", "_indices", "_length", "_program"},
    {"_coefficients", "_constant", "_indices", "_length", "_program"}, {"_expression", "_lower", "_upper"},
    {"_expression", "_lower", "_upper"}, {"_index", "_program"}, {"base", "indices", "values"}, {0}, {0}};
static const Py_ssize_t sizes[KINDS] = {sizeof(Variable), sizeof(Term), sizeof(VariableSum), sizeof(Sum), sizeof(Relation),
                                        sizeof(Relation), sizeof(Variable), sizeof(Waiting), 0, 0};
static PyTypeObject *type[KINDS]; /* NULL until the class has been compiled; never changed afterwards */
static int slot_count[KINDS];

/* What is asked of Python: the methods for all that is not plain, and the names of the attributes read here. */
enum { ADD, RADD, SUB, RSUB, MUL, RMUL, LT, LE, EQ, NE, GT, GE, METHODS };
static const char *const method_names[METHODS] = {"__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__",
                                                  "__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"};
static PyObject *python[SUM + 1][METHODS];
static PyObject *python_add_constraint, *python_var, *python_value;
static PyObject *pending; /* the dictionary of chaining: the chains that wait for their second half */
static PyObject *nought, *one, *infinite, *minus_infinite;
#define SLOTS(N) N(_turns) N(_columns) N(_rows) N(_bound_rows) N(_session) N(_traced) N(_traces_all) N(_edits) N(thread) N(asker) \
    N(removed) N(starts) N(_shift) N(lower) N(upper) N(_waiting) N(code) N(instructions) N(spare) N(answer) N(values) N(version) N(zero)
#define NAMES(N) SLOTS(N) N(lb) N(ub) N(append) N(_repair) N(packed) N(value)
#define DECLARE(n) static PyObject *s_##n;
NAMES(DECLARE)

static inline int kind_of(PyObject *o) /* of an operand, exactly; -1 for all others */
{
    PyTypeObject *t = Py_TYPE(o);
    for (int k = VARIABLE; k <= SUM; k++)
        if (t == type[k]) return k;
    return -1;
}

/* The kind that an operand of a user's subclass was derived from; -1 for none. */
static int family_of(PyObject *o)
{
    for (int k = VARIABLE; k <= SUM; k++)
        if (type[k] && PyObject_TypeCheck(o, type[k])) return k;
    return -1;
}

/* ------------------------------------------------------------------------------------------------- buffers of terms */
static Buffer *new_buffer(Py_ssize_t room) /* with one owner; NULL with MemoryError */
{
    Buffer *b = PyMem_Malloc(sizeof(Buffer));
    if (!b) return (Buffer *)PyErr_NoMemory();
    b->owners = 1; b->used = 0; b->room = 4; b->entries = b->few;
    if (room > 4) {
        b->room = room;
        b->entries = (size_t)room > PY_SSIZE_T_MAX / sizeof(Entry) ? NULL : PyMem_Malloc(room * sizeof(Entry));
        if (!b->entries) { PyMem_Free(b); return (Buffer *)PyErr_NoMemory(); }
    }
    return b;
}

static void drop_buffer(Buffer *b)
{
    if (!b || --b->owners) return;
    if (b->entries != b->few) PyMem_Free(b->entries);
    PyMem_Free(b);
}

static Entry *room_for(Buffer *b, Py_ssize_t more) /* the place of the next entries; NULL with MemoryError */
{
    if (b->used + more > b->room) {
        Py_ssize_t room = (b->used + more) * 3 / 2 + 4;
        Entry *to = NULL;
        if ((size_t)room <= PY_SSIZE_T_MAX / sizeof(Entry))
            to = PyMem_Realloc(b->entries == b->few ? NULL : b->entries, room * sizeof(Entry));
        if (!to) return (Entry *)PyErr_NoMemory();
        if (b->entries == b->few) memcpy(to, b->few, b->used * sizeof(Entry));
        b->entries = to; b->room = room;
    }
    return b->entries + b->used;
}

/* ------------------------------------------------------------------------------------------------ objects: life, slots */
static inline PyObject **slots_of(PyObject *o) { return (PyObject **)((char *)o + sizeof(PyObject)); }

#define INDEX(j) ((Index)(j) * 2 + 1)
static inline int is_index(const void *slot) { return (Index)slot & 1; }
static inline Py_ssize_t number_of(Index index) { return index & 1 ? index >> 1 : -1; }

static inline int is_sum(int kind) { return kind == SUM || kind == VARIABLE_SUM; }
static inline Terms *terms_of(PyObject *o, int kind) { return kind == SUM ? &((Sum *)o)->terms : &((VariableSum *)o)->terms; }

static int clear_object(PyObject *self, int kind)
{
    for (int k = 0; k < slot_count[kind]; k++)
        if (is_index(slots_of(self)[k])) slots_of(self)[k] = NULL; else Py_CLEAR(slots_of(self)[k]);
    return 0;
}

/* A few dropped objects of each kind wait to be the next ones: a sum is dropped for each one that is made. */
#ifndef KEPT
#define KEPT 32 /* none for a sanitizer: it would not see who uses a dropped object */
#endif
static PyObject *spare[KINDS][KEPT + 1];
static int spares[KINDS];

static inline PyObject *new_object(int kind) /* with empty fields; NULL with MemoryError */
{
    if (!spares[kind]) return type[kind]->tp_alloc(type[kind], 0);
    PyObject *o = PyObject_Init(spare[kind][--spares[kind]], type[kind]);
    PyObject_GC_Track(o);
    return o;
}

static void drop_object(PyObject *self, int kind)
{
    PyTypeObject *t = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    clear_object(self, kind);
    if (is_sum(kind)) { drop_buffer(terms_of(self, kind)->buffer); terms_of(self, kind)->buffer = NULL; }
    if (kind == WAITING) { PyMem_Free(((Waiting *)self)->indices); PyMem_Free(((Waiting *)self)->values); }
    if (t == type[kind] && spares[kind] < KEPT) {
        if (kind == WAITING) memset(&((Waiting *)self)->used, 0, sizeof(Waiting) - offsetof(Waiting, used));
        spare[kind][spares[kind]++] = self;
    } else t->tp_free(self);
    Py_DECREF(t);
}

#define LIFE(kind, label)                                                                                          \
    static void drop_##label(PyObject *self) { drop_object(self, kind); }                                          \
    static int clear_##label(PyObject *self) { return clear_object(self, kind); }                                  \
    static int traverse_##label(PyObject *self, visitproc visit, void *arg)                                        \
    {                                                                                                              \
        Py_VISIT(Py_TYPE(self));                                                                                   \
        for (int k = 0; k < slot_count[kind]; k++)                                                                 \
            if (!is_index(slots_of(self)[k])) Py_VISIT(slots_of(self)[k]);                                         \
        return 0;                                                                                                  \
    }
LIFE(VARIABLE, variable) LIFE(TERM, term) LIFE(VARIABLE_SUM, variable_sum) LIFE(SUM, sum) LIFE(RELATION, relation)
LIFE(DIFFERENCE, difference) LIFE(CONSTRAINT, constraint) LIFE(WAITING, waiting)

/* ---- the terms of a sum as lists: what Python's methods see; -1 with an error.  Coefficients only where wanted. */
static int make_lists(Buffer *b, Py_ssize_t first, Py_ssize_t n, PyObject **indices, PyObject **coefficients)
{
    b->owners++; /* the collector may run what drops the buffer, or appends to it: read it after both allocations */
    *indices = PyList_New(n);
    if (coefficients) *coefficients = PyList_New(n);
    const Entry *e = b->entries + first;
    int is_good = *indices && (!coefficients || *coefficients);
    for (Py_ssize_t k = 0; is_good && k < n; k++) {
        PyObject *j = PyLong_FromLong(e[k].j), *a = NULL;
        if (coefficients) a = e[k].is_int ? PyLong_FromLongLong((long long)e[k].a)
                                          : e[k].a == 1.0 ? Py_NewRef(one) : PyFloat_FromDouble(e[k].a);
        is_good = j && (a || !coefficients);
        if (j) PyList_SET_ITEM(*indices, k, j);
        if (a) PyList_SET_ITEM(*coefficients, k, a);
    }
    drop_buffer(b);
    if (is_good) return 0;
    Py_CLEAR(*indices);
    if (coefficients) Py_CLEAR(*coefficients);
    return -1;
}

/* Put the terms of a sum into its slots, if they are in the buffer alone. */
static int unpack(PyObject *self, int kind)
{
    Terms *t = terms_of(self, kind);
    if (!t->buffer || t->length) return 0;
    PyObject *indices, *coefficients = NULL, *length = PyLong_FromSsize_t(t->count);
    if (!length || make_lists(t->buffer, 0, t->count, &indices, kind == SUM ? &coefficients : NULL)) {
        Py_XDECREF(length);
        return -1;
    }
    if (!t->buffer || t->length) { /* what the collector ran was here before */
        Py_DECREF(indices); Py_XDECREF(coefficients); Py_DECREF(length);
        return 0;
    }
    if (kind == SUM) ((Sum *)self)->coefficients = coefficients;
    t->indices = indices;
    t->length = length; /* last: it tells that all are there */
    return 0;
}

/* The slots that a buffer stands for, as descriptors.  Reading one unpacks first.  Where a Python method sets one, the
   terms are in the slots alone from then on. */
enum { INDICES, LENGTH, COEFFICIENTS };
static PyObject **place_of(PyObject *self, int *kind, void *field)
{
    *kind = PyObject_TypeCheck(self, type[SUM]) ? SUM : VARIABLE_SUM;
    Terms *t = terms_of(self, *kind);
    return unpack(self, *kind) ? NULL : (intptr_t)field == INDICES ? &t->indices : (intptr_t)field == LENGTH ? &t->length
                                                                                   : &((Sum *)self)->coefficients;
}

static PyObject *get_slot(PyObject *self, void *field)
{
    int kind = PyObject_TypeCheck(self, type[SUM]) ? SUM : VARIABLE_SUM;
    if ((intptr_t)field == LENGTH && terms_of(self, kind)->buffer) return PyLong_FromSsize_t(terms_of(self, kind)->count);
    PyObject **slot = place_of(self, &kind, field);
    if (slot && !*slot) PyErr_SetString(PyExc_AttributeError, "a sum without terms");
    return slot ? Py_XNewRef(*slot) : NULL;
}

static int set_slot(PyObject *self, PyObject *value, void *field)
{
    int kind;
    PyObject **slot = place_of(self, &kind, field);
    if (!slot) return -1;
    Buffer *last = terms_of(self, kind)->buffer;
    PyObject *before = *slot;
    terms_of(self, kind)->buffer = NULL;
    *slot = Py_XNewRef(value);
    drop_buffer(last);
    Py_XDECREF(before);
    return 0;
}
/* The slot of an index, as a descriptor; the closure is its place among the slots. */
static PyObject *get_index(PyObject *self, void *place)
{
    PyObject *slot = slots_of(self)[(intptr_t)place];
    if (!slot) PyErr_SetString(PyExc_AttributeError, "_index");
    return is_index(slot) ? PyLong_FromSsize_t(number_of((Index)slot)) : Py_XNewRef(slot);
}

static int set_index(PyObject *self, PyObject *value, void *place)
{
    PyObject **slot = &slots_of(self)[(intptr_t)place], *before = is_index(*slot) ? NULL : *slot;
    Py_ssize_t j = value && PyLong_CheckExact(value) ? PyLong_AsSsize_t(value) : -1;
    PyErr_Clear();
    *slot = 0 <= j && j <= INT32_MAX ? (PyObject *)INDEX(j) : Py_XNewRef(value);
    Py_XDECREF(before);
    return 0;
}
static PyGetSetDef term_fields[] = {{"_index", get_index, set_index, NULL, (void *)1}, {0}};
static PyGetSetDef constraint_fields[] = {{"_index", get_index, set_index, NULL, (void *)0}, {0}};

#define FIELD(name, field) {name, get_slot, set_slot, NULL, (void *)(intptr_t)field}
static PyGetSetDef sum_fields[] = {FIELD("_indices", INDICES), FIELD("_length", LENGTH), FIELD("_coefficients", COEFFICIENTS), {0}};
static PyGetSetDef variable_sum_fields[] = {FIELD("_indices", INDICES), FIELD("_length", LENGTH), {0}};

/* ------------------------------------------------------------------------------------------------- reading operands */
typedef struct {
    PyObject *program, *constant; /* borrowed from the operand */
    Buffer *buffer;               /* of a sum; borrowed */
    const Entry *entries;         /* of a sum in its buffer, of a single in `single` */
    Entry single;
    Py_ssize_t length;
} Operand;

/* Is it an int that a double holds exactly? */
static inline int exact_int(PyObject *o, double *x)
{
    int beyond;
    if (!PyLong_CheckExact(o)) return 0;
    long long n = PyLong_AsLongLongAndOverflow(o, &beyond);
    *x = (double)n;
    return !beyond && -9007199254740992LL <= n && n <= 9007199254740992LL;
}

static inline int read_single(Index index, PyObject *coefficient, Entry *e)
{
    if (!(index & 1)) return 0;
    e->j = (int32_t)number_of(index); e->is_int = 0; e->a = 1.0;
    if (!coefficient) return 1;
    if (PyFloat_CheckExact(coefficient)) { e->a = PyFloat_AS_DOUBLE(coefficient); return 1; }
    e->is_int = 1;
    return exact_int(coefficient, &e->a);
}

/* The parts of an operand; 0 where it is not plain: its terms are in lists, or a slot is empty. */
static inline int read_operand(PyObject *o, int kind, Operand *r)
{
    r->constant = nought; r->buffer = NULL; r->entries = &r->single; r->length = 1;
    if (kind == VARIABLE) {
        r->program = ((Variable *)o)->program;
        return r->program && read_single(((Variable *)o)->index, NULL, &r->single);
    }
    if (kind == TERM) {
        Term *t = (Term *)o;
        r->program = t->program;
        return r->program && t->coefficient && read_single(t->index, t->coefficient, &r->single);
    }
    Terms *t = terms_of(o, kind);
    r->program = t->program; r->constant = t->constant; r->buffer = t->buffer; r->length = t->count;
    if (!r->program || !r->constant || !r->buffer) return 0;
    r->entries = r->buffer->entries;
    return 1;
}

/* A sum of these terms; takes over the share of the buffer, and the reference to the constant.  NULL with an error. */
static PyObject *made_sum(int kind, PyObject *program, Buffer *b, Py_ssize_t count, PyObject *constant)
{
    PyObject *o = b && constant ? new_object(kind) : NULL;
    if (!o) { drop_buffer(b); Py_XDECREF(constant); return NULL; }
    Terms *t = terms_of(o, kind);
    t->program = Py_XNewRef(program); t->buffer = b; t->count = count; t->constant = constant;
    return o;
}

/* A share of the buffer of the operand, if it ends where the operand ends; else a copy, with room for more. */
static Buffer *tail_of(const Operand *r, Py_ssize_t more)
{
    if (r->buffer && r->buffer->used == r->length) {
        r->buffer->owners++;
        return r->buffer;
    }
    Buffer *b = new_buffer(r->length + more);
    if (b) { memcpy(b->entries, r->entries, r->length * sizeof(Entry)); b->used = r->length; }
    return b;
}

/* --------------------------------------------------------------------------------------------------------- + and - */
static inline PyObject *made_float(double x) { return x == 0.0 && !signbit(x) ? Py_NewRef(nought) : PyFloat_FromDouble(x); }

/* The everyday case of `combined`: one more term behind the last one of a sum.  NULL without an error: another case. */
static PyObject *appended(PyObject *v, int kind, PyObject *w, int kw, int minus)
{
    Operand one_more;
    Terms *t = terms_of(v, kind);
    Buffer *b = t->buffer;
    if (!b || b->used != t->count || b->used == b->room || !t->constant) return NULL;
    if (!read_operand(w, kw, &one_more) || one_more.program != t->program) return NULL;
    Entry *to = b->entries + b->used++;
    *to = one_more.single;
    if (minus) to->a = -to->a;
    b->owners++;
    return made_sum(kind, t->program, b, t->count + 1, Py_NewRef(t->constant));
}

/* v + w or v - w of two operands of one program; `is_relation`: for v <= w.  NULL without an error: not plain. */
static PyObject *combined(PyObject *v, int kv, PyObject *w, int kw, int minus, int is_relation)
{
    if ((kv == SUM && kw <= TERM && !is_relation) || (kv == VARIABLE_SUM && kw == VARIABLE && !minus)) {
        PyObject *o = appended(v, kv, w, kw, minus);
        if (o || PyErr_Occurred()) return o;
    }
    Operand left, right;
    if (!read_operand(v, kv, &left) || !read_operand(w, kw, &right) || left.program != right.program) return NULL;
    /* The longer sum is the one that is appended to, as in _sum_of. */
    int swaps = !minus && right.buffer && right.length > LONG_SUM && left.length < right.length;
    int is_plain = !minus && ((kw == VARIABLE && (kv == VARIABLE || kv == VARIABLE_SUM)) || (swaps && kv == VARIABLE && kw == VARIABLE_SUM));
    Operand *first = swaps ? &right : &left, *second = swaps ? &left : &right;
    PyObject *constant;
    if (!second->buffer) constant = Py_NewRef(first->constant);
    else if (PyFloat_CheckExact(left.constant) && PyFloat_CheckExact(right.constant)) {
        double c = PyFloat_AS_DOUBLE(left.constant), d = PyFloat_AS_DOUBLE(right.constant);
        constant = made_float(minus ? c - d : c + d);
    } else return NULL;
    Buffer *b = tail_of(first, second->length);
    Entry *to = b ? room_for(b, second->length) : NULL;
    if (!to) { drop_buffer(b); Py_XDECREF(constant); return NULL; }
    const Entry *from = second->buffer == b ? b->entries : second->entries; /* e + e: it may have moved */
    memcpy(to, from, second->length * sizeof(Entry));
    if (minus) for (Py_ssize_t k = 0; k < second->length; k++) to[k].a = -to[k].a;
    if (kw == TERM && (kv == VARIABLE_SUM || is_relation)) to->is_int = 0; /* as _sum_of multiplies by 1.0 */
    b->used += second->length;
    return made_sum(is_plain ? VARIABLE_SUM : SUM, left.program, b, first->length + second->length, constant);
}

/* Is it an int or a float that needs no closer look as a constant or a side? */
static inline int plain_number(PyObject *o, double *x)
{
    if (PyFloat_CheckExact(o)) { *x = PyFloat_AS_DOUBLE(o); return -LARGE <= *x && *x <= LARGE; }
    return exact_int(o, x);
}

/* v + number: the same terms, and another constant.  NULL without an error: not plain. */
static PyObject *shifted(PyObject *v, int kv, double number)
{
    Operand r;
    if (!read_operand(v, kv, &r) || !PyFloat_CheckExact(r.constant)) return NULL;
    Buffer *b;
    if (r.buffer) { b = r.buffer; b->owners++; }
    else b = tail_of(&r, 0);
    return made_sum(SUM, r.program, b, r.length, made_float(PyFloat_AS_DOUBLE(r.constant) + number));
}

static PyObject *by_python(PyObject *v, PyObject *w, int method)
{
    int kind = family_of(v);
    PyObject *arguments[2] = {v, w};
    if (kind < 0) {
        kind = family_of(w);
        if (kind < 0) Py_RETURN_NOTIMPLEMENTED;
        method++; arguments[0] = w; arguments[1] = v;
    }
    return PyObject_Vectorcall(python[kind][method], arguments, 2, NULL);
}

static PyObject *add(PyObject *v, PyObject *w)
{
    int kv = kind_of(v), kw = kind_of(w);
    double x;
    PyObject *o = NULL;
    if (kv >= 0 && kw >= 0) o = combined(v, kv, w, kw, 0, 0);
    else if (kv >= 0) { if (plain_number(w, &x)) o = shifted(v, kv, x); }
    else if (kw >= 0 && plain_number(v, &x)) {
        if (x == 0.0) return Py_NewRef(w); /* the start of the builtin sum */
        o = shifted(w, kw, x);
    }
    return o || PyErr_Occurred() ? o : by_python(v, w, ADD);
}

static PyObject *subtract(PyObject *v, PyObject *w)
{
    int kv = kind_of(v), kw = kind_of(w);
    double x;
    PyObject *o = NULL;
    if (kv >= 0 && kw >= 0) o = combined(v, kv, w, kw, 1, 0);
    else if (kv >= 0 && plain_number(w, &x)) o = shifted(v, kv, -x);
    return o || PyErr_Occurred() ? o : by_python(v, w, SUB);
}

/* --------------------------------------------------------------------------------------------------------------- * */
static inline int good_coefficient(double a) { return (SMALL <= a && a <= LARGE) || (-LARGE <= a && a <= -SMALL); }

/* factor * v of a term or a sum.  NULL without an error: not plain. */
static PyObject *scaled(PyObject *v, int kind, double factor)
{
    Operand r;
    if (!read_operand(v, kind, &r) || !PyFloat_CheckExact(r.constant)) return NULL;
    double constant = factor * PyFloat_AS_DOUBLE(r.constant);
    if (kind == TERM) {
        double a = factor * r.single.a;
        PyObject *number = good_coefficient(a) ? PyFloat_FromDouble(a) : NULL;
        Term *t = number ? (Term *)new_object(TERM) : NULL;
        if (!t) { Py_XDECREF(number); return NULL; }
        t->program = Py_NewRef(r.program); t->index = ((Term *)v)->index; t->coefficient = number;
        return (PyObject *)t;
    }
    Buffer *b = -LARGE <= constant && constant <= LARGE ? new_buffer(r.length) : NULL;
    if (!b) return NULL;
    for (Py_ssize_t k = 0; k < r.length; k++) {
        double a = factor * r.entries[k].a;
        if (!good_coefficient(a)) { drop_buffer(b); return NULL; }
        b->entries[k].a = a; b->entries[k].j = r.entries[k].j; b->entries[k].is_int = 0;
    }
    b->used = r.length;
    return made_sum(SUM, r.program, b, r.length, made_float(constant));
}

static PyObject *multiply(PyObject *v, PyObject *w)
{
    int kv = kind_of(v), kw = kind_of(w);
    double a;
    PyObject *x = kv == VARIABLE && kw < 0 ? v : kw == VARIABLE && kv < 0 ? w : NULL, *number = x == v ? w : v;
    int ks = kv == SUM || kv == VARIABLE_SUM || kv == TERM ? kv : kw;
    if ((kv < 0) != (kw < 0) && ks >= TERM && plain_number(kv < 0 ? v : w, &a) && good_coefficient(a)) {
        PyObject *o = scaled(kv < 0 ? w : v, ks, a);
        if (o || PyErr_Occurred()) return o;
    }
    if (x && plain_number(number, &a) && good_coefficient(a) && ((Variable *)x)->program && is_index((void *)((Variable *)x)->index)) {
        Term *t = (Term *)new_object(TERM);
        if (!t) return NULL;
        t->program = Py_NewRef(((Variable *)x)->program);
        t->index = ((Variable *)x)->index;
        t->coefficient = Py_NewRef(number);
        return (PyObject *)t;
    }
    if (x && plain_number(number, &a) && a == 0.0 && ((Variable *)x)->program)
        return made_sum(SUM, ((Variable *)x)->program, new_buffer(0), 0, Py_NewRef(nought)); /* without terms */
    return by_python(v, w, MUL);
}

/* ------------------------------------------------------------------------------------------------------ comparisons */
/* lower <= expression <= upper; takes over the three references.  NULL with an error. */
static PyObject *made_relation(int kind, PyObject *expression, PyObject *lower, PyObject *upper)
{
    Relation *r = (Relation *)new_object(kind);
    if (!r) { Py_DECREF(expression); Py_DECREF(lower); Py_DECREF(upper); return NULL; }
    r->expression = expression; r->lower = lower; r->upper = upper;
    return (PyObject *)r;
}

static PyObject *compared(PyObject *self, PyObject *other, int op)
{
    int kind = kind_of(self);
    double x;
    int is_relation = op == Py_LE || op == Py_GE || op == Py_EQ;
    if (kind >= 0 && is_relation && type[DIFFERENCE] && !PyDict_GET_SIZE(pending)) {
        if (is_sum(kind) && plain_number(other, &x))
            return made_relation(RELATION, Py_NewRef(self), Py_NewRef(op == Py_LE ? minus_infinite : other),
                                 Py_NewRef(op == Py_GE ? infinite : other));
        int ko = kind_of(other);
        if (ko >= 0 && !(kind == VARIABLE && ko == VARIABLE && op == Py_EQ)) {
            PyObject *d = combined(self, kind, other, ko, 1, 1);
            if (d && ((Sum *)d)->terms.constant == nought)
                return made_relation(DIFFERENCE, d, Py_NewRef(op == Py_LE ? minus_infinite : nought),
                                     Py_NewRef(op == Py_GE ? infinite : nought));
            Py_XDECREF(d);
            if (PyErr_Occurred()) return NULL;
        }
    }
    PyObject *arguments[2] = {self, other};
    if (kind < 0) kind = family_of(self);
    if (kind < 0) Py_RETURN_NOTIMPLEMENTED;
    return PyObject_Vectorcall(python[kind][LT + op], arguments, 2, NULL);
}

static Py_hash_t variable_hash(PyObject *self)
{
    Variable *x = (Variable *)self;
    if (!x->program || !x->index) { PyErr_SetString(PyExc_AttributeError, "_index"); return -1; }
    Py_hash_t h = (Py_hash_t)(((size_t)x->program >> 4) * 1000003u)
        ^ (x->index & 1 ? (Py_hash_t)number_of(x->index) : PyObject_Hash((PyObject *)x->index));
    return h == -1 ? -2 : h;
}

/* ------------------------------------------------------------------------------------- rows: the terms that wait */
static int room_for_waiting(Waiting *w, Py_ssize_t more)
{
    if (w->used + more <= w->room) return 0;
    Py_ssize_t room = (w->used + more) * 3 / 2 + 16;
    void *indices = NULL, *values = NULL;
    if ((size_t)room <= PY_SSIZE_T_MAX / sizeof(double)) {
        if ((indices = PyMem_Realloc(w->indices, room * sizeof(int32_t)))) w->indices = indices;
        if ((values = PyMem_Realloc(w->values, room * sizeof(double)))) w->values = values;
    }
    if (!indices || !values) { PyErr_NoMemory(); return -1; }
    w->room = room;
    return 0;
}

/* Write a list of numbers behind the terms that count; they do not count yet. */
static int write_indices(Waiting *w, PyObject *list)
{
    for (Py_ssize_t k = 0; k < PyList_GET_SIZE(list); k++) {
        PyObject *o = PyList_GET_ITEM(list, k);
        long j = PyLong_Check(o) ? PyLong_AsLong(o) : -1;
        if (j == -1 && PyErr_Occurred()) return -1;
        if (j < 0 || j > INT32_MAX) { PyErr_SetString(PyExc_OverflowError, "an index that is no C int"); return -1; }
        w->indices[w->used + k] = (int32_t)j;
    }
    return 0;
}

static int write_values(Waiting *w, PyObject *list)
{
    for (Py_ssize_t k = 0; k < PyList_GET_SIZE(list); k++) {
        PyObject *o = PyList_GET_ITEM(list, k);
        if (!PyFloat_Check(o) && !PyLong_Check(o)) { PyErr_SetString(PyExc_TypeError, "a coefficient that is no number"); return -1; }
        double a = PyFloat_Check(o) ? PyFloat_AS_DOUBLE(o) : PyLong_AsDouble(o);
        if (a == -1.0 && PyErr_Occurred()) return -1;
        w->values[w->used + k] = a;
    }
    return 0;
}

static PyObject *waiting_put(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    Waiting *w = (Waiting *)self;
    if (n != 2 || !PyList_CheckExact(args[0]) || !PyList_CheckExact(args[1]) || PyList_GET_SIZE(args[0]) != PyList_GET_SIZE(args[1])) {
        PyErr_SetString(PyExc_TypeError, "put() takes two lists of one length");
        return NULL;
    }
    if (room_for_waiting(w, PyList_GET_SIZE(args[0])) || write_indices(w, args[0]) || write_values(w, args[1])) return NULL;
    w->used += PyList_GET_SIZE(args[0]);
    Py_RETURN_NONE;
}

static PyObject *waiting_cut(PyObject *self, PyObject *count)
{
    Py_ssize_t n = PyLong_AsSsize_t(count);
    if (n == -1 && PyErr_Occurred()) return NULL;
    if (n < ((Waiting *)self)->used) ((Waiting *)self)->used = n < 0 ? 0 : n;
    Py_RETURN_NONE;
}

static PyObject *waiting_packed(PyObject *self, PyObject *Py_UNUSED(none))
{
    Waiting *w = (Waiting *)self;
    PyObject *pair = PyTuple_New(2); /* first: the collector may run what adds rows */
    PyObject *indices = pair ? PyBytes_FromStringAndSize((char *)w->indices, w->used * (Py_ssize_t)sizeof(int32_t)) : NULL;
    PyObject *values = indices ? PyBytes_FromStringAndSize((char *)w->values, w->used * (Py_ssize_t)sizeof(double)) : NULL;
    if (!values) { Py_XDECREF(indices); Py_XDECREF(pair); return NULL; }
    PyTuple_SET_ITEM(pair, 0, indices); PyTuple_SET_ITEM(pair, 1, values);
    return pair;
}

static Py_ssize_t waiting_length(PyObject *self) { return ((Waiting *)self)->used; }

static PyMethodDef waiting_methods[] = {{"put", (PyCFunction)(void (*)(void))waiting_put, METH_FASTCALL, NULL},
                                        {"cut", waiting_cut, METH_O, NULL},
                                        {"packed", waiting_packed, METH_NOARGS, NULL}, {0}};

/* An attribute as a borrowed reference: its owner keeps it as long as no Python code runs.  NULL with an error. */
static inline PyObject *peek(PyObject *o, PyObject *name)
{
    PyObject *value = o ? PyObject_GetAttr(o, name) : NULL;
    Py_XDECREF(value);
    return value;
}

/* The same for a slot of a class whose place in the object is known from the last time. */
typedef struct { PyTypeObject *type; Py_ssize_t offset; } Place;

static inline PyObject *peek_slot(PyObject *o, PyObject *name, Place *place)
{
    if (!o) return NULL;
    if (Py_TYPE(o) != place->type) {
        if (PyErr_Occurred()) return NULL; /* another attribute was not there */
        PyObject *member = PyObject_GetAttr((PyObject *)Py_TYPE(o), name);
        int is_slot = member && Py_TYPE(member) == &PyMemberDescr_Type && ((PyMemberDescrObject *)member)->d_member->type == T_OBJECT_EX;
        if (is_slot) {
            Py_XDECREF(place->type);
            place->type = (PyTypeObject *)Py_NewRef(Py_TYPE(o)); /* so that no other type gets its address */
            place->offset = ((PyMemberDescrObject *)member)->d_member->offset;
        }
        Py_XDECREF(member);
        if (!is_slot) { PyErr_Clear(); return peek(o, name); }
    }
    PyObject *value = *(PyObject **)((char *)o + place->offset);
    if (!value) PyErr_SetObject(PyExc_AttributeError, name);
    return value;
}
#define PLACE(n) static Place at_##n;
SLOTS(PLACE)
static Place at_columns_lower, at_columns_upper, at_bound_lower;
#define PEEK(o, n) peek_slot(o, s_##n, &at_##n)

static int put_last(PyObject *entries, PyObject *value) /* of a list, or of what has its append() */
{
    if (PyList_CheckExact(entries)) return PyList_Append(entries, value);
    PyObject *none = PyObject_CallMethodObjArgs(entries, s_append, value, NULL);
    Py_XDECREF(none);
    return none ? 0 : -1;
}

/* Rows.append(indices, values, lower, upper): as in Python, with the waiting terms in C. */
static PyObject *rows_append(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n != 4 || !PyList_CheckExact(args[0]) || !PyList_CheckExact(args[1])) {
        PyErr_SetString(PyExc_TypeError, "append() takes two lists and two numbers");
        return NULL;
    }
    for (int is_repaired = 0;; is_repaired = 1) {
        Waiting *w = (Waiting *)PEEK(self, _waiting);
        PyObject *starts = PEEK(self, starts), *shift = PEEK(self, _shift);
        if (!w || !starts || !shift) return NULL;
        Py_ssize_t rows = PyList_GET_SIZE(starts), base = PyLong_AsSsize_t(w->base);
        if (base + w->used != PyLong_AsSsize_t(PyList_GET_ITEM(starts, rows - 1)) && !is_repaired) {
            PyObject *none = PyObject_CallMethodObjArgs(self, s__repair, NULL);
            if (!none) return NULL;
            Py_DECREF(none);
            continue;
        }
        PyObject *pair[2] = {args[0], args[1]}, *none = waiting_put((PyObject *)w, pair, 2);
        if (!none) return NULL;
        Py_DECREF(none);
        Py_ssize_t end = base + w->used;
        int is_full = w->used > WAITING_BLOCK;
        PyObject *lower = PEEK(self, lower), *upper = lower ? PEEK(self, upper) : NULL;
        PyObject *stop = PyLong_FromSsize_t(end), *row = PyLong_FromSsize_t(rows + PyLong_AsSsize_t(shift));
        if (!upper || !stop || !row || put_last(lower, args[2]) || put_last(upper, args[3]) || put_last(starts, stop)) Py_CLEAR(row);
        Py_XDECREF(stop);
        if (row && is_full) {
            none = PyObject_CallMethodObjArgs(self, s_packed, NULL);
            if (!none) Py_CLEAR(row); else Py_DECREF(none);
        }
        return row;
    }
}

/* ------------------------------------------------------------------------------------------- Model.add_constraint */
static uint32_t *marks, mark; /* marks[j] == mark: the variable j has been met in this row */
static Py_ssize_t marks_room;

static int are_distinct(const Entry *e, Py_ssize_t n) /* and more than one; 0 too where memory is short */
{
    if (n < 2) return 0;
    if (n <= 8) {
        for (Py_ssize_t i = 1; i < n; i++)
            for (Py_ssize_t k = 0; k < i; k++)
                if (e[i].j == e[k].j) return 0;
        return 1;
    }
    if (!++mark) { memset(marks, 0, marks_room * sizeof(uint32_t)); mark = 1; }
    for (Py_ssize_t k = 0; k < n; k++) {
        if (e[k].j >= marks_room) {
            Py_ssize_t room = (Py_ssize_t)e[k].j * 3 / 2 + 64;
            uint32_t *more = PyMem_Realloc(marks, room * sizeof(uint32_t));
            if (!more) return 0;
            memset(more + marks_room, 0, (room - marks_room) * sizeof(uint32_t));
            marks = more; marks_room = room;
        }
        if (marks[e[k].j] == mark) return 0;
        marks[e[k].j] = mark;
    }
    return 1;
}

/* Is it the turn of this thread, by itself?  Then nothing has to wait, and nobody has told where the user's line is. */
static inline int is_own_turn(PyObject *program)
{
    PyObject *turns = PEEK(program, _turns), *thread = PEEK(turns, thread);
    return thread && PyLong_AsUnsignedLong(thread) == PyThread_get_thread_ident() && PEEK(turns, asker) == Py_None;
}

/* The list of instructions of an origin store, where the caller's code is the one noted last; the instruction in `at`.
   A borrowed reference; NULL where the Python source has to note it. */
static PyObject *noted_in(PyObject *origins, PyObject **at)
{
    PyFrameObject *frame = PyEval_GetFrame();
    if (!frame) return NULL;
    PyObject *known = PEEK(origins, code), *instructions = PEEK(origins, instructions);
    if (!known || !instructions || !PyList_CheckExact(instructions)) return NULL;
#if PY_VERSION_HEX >= 0x030B0000
    PyObject *code = (PyObject *)PyFrame_GetCode(frame);
    int is_known = code == known, last = PyFrame_GetLasti(frame);
    Py_DECREF(code);
#elif PY_VERSION_HEX >= 0x030A0000
    int is_known = (PyObject *)frame->f_code == known, last = frame->f_lasti * 2;
#else
    int is_known = (PyObject *)frame->f_code == known, last = frame->f_lasti;
#endif
    if (!is_known) return NULL;
    *at = PyLong_FromLong(last);
    return *at ? instructions : NULL;
}

/* The row of a plain relation; NULL without an error: not plain.  Nothing has changed then. */
static PyObject *plain_row(PyObject *self, Relation *relation)
{
    PyObject *at = NULL, *instructions = NULL;
    Operand terms;
    if (!type[CONSTRAINT] || !type[WAITING]) return NULL;
    /* First what allocates, the frame in `noted_in`, too: the collector may run anything, such as another edit. */
    Variable *handle = (Variable *)new_object(CONSTRAINT);
    if (!handle) return NULL;
    PyObject *origins = PEEK(self, _traced), *e;
    if (origins && origins != Py_None) { PyEval_GetFrame(); origins = PEEK(self, _traced); }
    if (!origins || !(e = relation->expression) || !relation->lower || !relation->upper) goto python;
    int kind = kind_of(e);
    if (!is_sum(kind) || !read_operand(e, kind, &terms) || terms.program != self) goto python;
    if (!PyFloat_CheckExact(terms.constant) || PyFloat_AS_DOUBLE(terms.constant) != 0.0) goto python;
    if (!is_own_turn(self) || !are_distinct(terms.entries, terms.length)) goto python;
    PyObject *removed = PEEK(PEEK(self, _columns), removed);
    if (!removed || Py_TYPE(removed) != &PySet_Type || PySet_GET_SIZE(removed)) goto python;
    PyObject *rows = PEEK(self, _rows), *starts = PEEK(rows, starts), *shift = PEEK(rows, _shift);
    PyObject *lower = PEEK(rows, lower), *upper = PEEK(rows, upper);
    Waiting *w = (Waiting *)PEEK(rows, _waiting);
    if (!starts || !shift || !lower || !upper || !w || Py_TYPE(w) != type[WAITING]) goto python;
    if (!PyList_CheckExact(starts) || !PyList_CheckExact(lower) || !PyList_CheckExact(upper)) goto python;
    Py_ssize_t row = PyList_GET_SIZE(starts), end = PyLong_AsSsize_t(w->base) + w->used;
    if (end != PyLong_AsSsize_t(PyList_GET_ITEM(starts, row - 1)) || w->used + terms.length > WAITING_BLOCK) goto python;
    if (PyList_GET_SIZE(lower) != row - 1 || PyList_GET_SIZE(upper) != row - 1) goto python;
    if (origins != Py_None && !(instructions = noted_in(origins, &at))) goto python;
    PyObject *stop = PyLong_FromSsize_t(end + terms.length);
    handle->index = INDEX(row + PyLong_AsSsize_t(shift));
    if (!stop || room_for_waiting(w, terms.length)) goto failed;
    for (Py_ssize_t k = 0; k < terms.length; k++) {
        w->indices[w->used + k] = terms.entries[k].j;
        w->values[w->used + k] = terms.entries[k].a;
    }
    w->used += terms.length;
    /* The end in `starts` makes the row; should memory end before, the next call cuts off what is left of it. */
    if (PyList_Append(lower, relation->lower) || PyList_Append(upper, relation->upper) || PyList_Append(starts, stop)) goto failed;
    Py_DECREF(stop);
    if (at) {
        int is_bad = PyList_Append(instructions, at);
        Py_DECREF(at);
        if (is_bad) { Py_DECREF(handle); return NULL; }
    }
    handle->program = Py_NewRef(self);
    return (PyObject *)handle;
failed:
    Py_XDECREF(stop);
python:
    Py_XDECREF(at);
    Py_DECREF(handle);
    return NULL;
}

/* After NULL: is it an error?  A program without one of its fields is not: the Python source says so. */
static int has_failed(void)
{
    if (PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_AttributeError)) PyErr_Clear();
    return PyErr_Occurred() != NULL;
}

static PyObject *call_python(PyObject *function, PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *keywords)
{
    Py_ssize_t all = n + (keywords ? PyTuple_GET_SIZE(keywords) : 0);
    PyObject *few[8], **values = all < 8 ? few : PyMem_Malloc((all + 1) * sizeof(PyObject *));
    if (!values) return PyErr_NoMemory();
    values[0] = self;
    if (all) memcpy(values + 1, args, all * sizeof(PyObject *));
    PyObject *made = PyObject_Vectorcall(function, values, n + 1, keywords);
    if (values != few) PyMem_Free(values);
    return made;
}

static PyObject *add_constraint(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *keywords)
{
    if (n == 1 && !keywords && (Py_TYPE(args[0]) == type[RELATION] || Py_TYPE(args[0]) == type[DIFFERENCE])
        && PyDict_GET_SIZE(pending) == 0) {
        PyObject *handle = plain_row(self, (Relation *)args[0]);
        if (handle || has_failed()) return handle;
    }
    return call_python(python_add_constraint, self, args, n, keywords);
}

/* ------------------------------------------------------------------------------------------------------ Model.Var */
/* Is it a lower bound (or, with is_upper, an upper one) that needs no closer look? */
static inline int plain_bound(PyObject *o, int is_upper, double *x)
{
    if (PyFloat_CheckExact(o)) {
        *x = PyFloat_AS_DOUBLE(o);
        return (-HUGE_SIDE < *x && *x < HUGE_SIDE) || *x == (is_upper ? Py_HUGE_VAL : -Py_HUGE_VAL);
    }
    return exact_int(o, x);
}

/* The next variable, with these bounds and no name; NULL without an error: not plain.  Nothing has changed then. */
static PyObject *plain_variable(PyObject *self, PyObject *low, PyObject *high)
{
    double l, u;
    if (!type[VARIABLE] || !plain_bound(low, 0, &l) || !plain_bound(high, 1, &u) || l > u) return NULL;
    if (!is_own_turn(self) || PEEK(self, _traces_all) != Py_False) return NULL;
    PyObject *columns = PEEK(self, _columns), *spare = PEEK(columns, spare);
    PyObject *lower = peek_slot(columns, s_lower, &at_columns_lower), *upper = peek_slot(columns, s_upper, &at_columns_upper);
    if (!lower || !upper || !spare || !PyList_CheckExact(lower) || !PyList_CheckExact(upper) || !PyList_CheckExact(spare)) return NULL;
    Py_ssize_t left = PyList_GET_SIZE(spare), count = PyList_GET_SIZE(lower);
    if (!left || PyList_GET_SIZE(upper) != count) return NULL;
    Variable *x = (Variable *)PyList_GET_ITEM(spare, left - 1);
    if (Py_TYPE(x) != type[VARIABLE] || x->program || number_of(x->index) != count) return NULL;
    Py_INCREF(x);
    if (PyList_SetSlice(spare, left - 1, left, NULL) || PyList_Append(upper, high) || PyList_Append(lower, low)) {
        Py_DECREF(x);
        return NULL;
    }
    x->program = Py_NewRef(self);
    return (PyObject *)x;
}

static PyObject *var(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *keywords)
{
    PyObject *low = minus_infinite, *high = infinite;
    int is_plain = n == 0;
    for (Py_ssize_t k = 0; keywords && is_plain && k < PyTuple_GET_SIZE(keywords); k++) {
        PyObject *word = PyTuple_GET_ITEM(keywords, k); /* such names are interned */
        if (word == s_lb) low = args[k];
        else if (word == s_ub) high = args[k];
        else is_plain = 0;
    }
    if (is_plain) {
        PyObject *x = plain_variable(self, low, high);
        if (x || has_failed()) return x;
    }
    return call_python(python_var, self, args, n, keywords);
}

/* ------------------------------------------------------------------------------------------------------------ dot */
/* weighted(numbers, variables): the sum of numbers[k] * variables[k] of two lists of one length; None: not plain. */
static PyObject *weighted(PyObject *module, PyObject *args)
{
    PyObject *numbers, *variables;
    if (!PyArg_ParseTuple(args, "O!O!", &PyList_Type, &numbers, &PyList_Type, &variables)) return NULL;
    Py_ssize_t n = PyList_GET_SIZE(variables);
    if (!type[SUM] || !n || PyList_GET_SIZE(numbers) != n || Py_TYPE(PyList_GET_ITEM(variables, 0)) != type[VARIABLE]) Py_RETURN_NONE;
    PyObject *program = ((Variable *)PyList_GET_ITEM(variables, 0))->program;
    Buffer *b = new_buffer(n);
    if (!b) return NULL;
    for (Py_ssize_t k = 0; k < n; k++) {
        Variable *x = (Variable *)PyList_GET_ITEM(variables, k);
        PyObject *a = PyList_GET_ITEM(numbers, k);
        double number;
        if (Py_TYPE(x) != type[VARIABLE] || !program || x->program != program || !read_single(x->index, NULL, b->entries + k)
            || !plain_number(a, &number) || !good_coefficient(number)) {
            drop_buffer(b);
            Py_RETURN_NONE;
        }
        b->entries[k].a = number;
        b->entries[k].is_int = !PyFloat_CheckExact(a);
    }
    b->used = n;
    return made_sum(SUM, program, b, n, Py_NewRef(nought));
}

/* --------------------------------------------------------------------------------------------------- Variable.value */
/* The number of entries of a list; -1 for anything else, which no version counts. */
static inline Py_ssize_t entries(PyObject *list) { return list && PyList_CheckExact(list) ? PyList_GET_SIZE(list) : -1; }

/* Is the answer that of the program as it is?  As Owner._version says it. */
static int is_current(PyObject *program, PyObject *version)
{
    if (!version || !PyTuple_CheckExact(version) || PyTuple_GET_SIZE(version) != 4) return 0;
    PyObject *edits = PEEK(program, _edits);
    Py_ssize_t counts[4] = {edits && PyLong_CheckExact(edits) ? PyLong_AsSsize_t(edits) : -1,
                            entries(peek_slot(PEEK(program, _columns), s_lower, &at_columns_lower)),
                            entries(PEEK(PEEK(program, _rows), starts)),
                            entries(peek_slot(PEEK(program, _bound_rows), s_lower, &at_bound_lower))};
    for (int k = 0; k < 4; k++)
        if (counts[k] < 0 || PyLong_AsSsize_t(PyTuple_GET_ITEM(version, k)) != counts[k]) return 0;
    return 1;
}

static PyObject *get_value(PyObject *self, void *closure)
{
    Variable *x = (Variable *)self;
    PyObject *answer = x->program && x->index ? PEEK(PEEK(x->program, _session), answer) : NULL;
    if (answer && answer != Py_None) {
        PyObject *values = PEEK(answer, values);
        if (values && PyList_CheckExact(values) && is_current(x->program, PEEK(answer, version))) {
            Py_ssize_t j = number_of(x->index);
            PyObject *value = j >= 0 && j < PyList_GET_SIZE(values) ? PyList_GET_ITEM(values, j) : NULL, *nil = PEEK(answer, zero);
            if (value && PyFloat_CheckExact(value) && PyFloat_AS_DOUBLE(value) != 0.0) return Py_NewRef(value);
            if (value && nil) return PyNumber_Add(value, nil);
        }
    }
    PyErr_Clear(); /* what is not plain, and every error, as in Python */
    return PyObject_CallFunctionObjArgs(python_value, self, NULL);
}
static PyGetSetDef variable_fields[] = {{"value", get_value, NULL, NULL, NULL}, {"_index", get_index, set_index, NULL, (void *)0}, {0}};

/* --------------------------------------------------------------------------------------------- `_parts` and the types */
/* What the Python method of this name says of a sum in lists. */
static PyObject *as_python(PyObject *self, int kind, const char *method, PyObject *argument)
{
    PyObject *function = PyObject_GetAttrString((PyObject *)type[kind]->tp_base, method);
    PyObject *made = function ? PyObject_CallFunctionObjArgs(function, self, argument, NULL) : NULL;
    Py_XDECREF(function);
    return made;
}

static PyObject *parts(PyObject *self, PyObject *Py_UNUSED(none))
{
    Operand r;
    int kind = PyObject_TypeCheck(self, type[SUM]) ? SUM : VARIABLE_SUM;
    if (!read_operand(self, kind, &r)) return as_python(self, kind, "_parts", NULL);
    PyObject *indices, *coefficients, *constant = Py_NewRef(r.constant);
    if (!make_lists(r.buffer, 0, r.length, &indices, &coefficients)) return Py_BuildValue("NNN", indices, coefficients, constant);
    Py_DECREF(constant);
    return NULL;
}

/* What an objective asks of its sum; a sum in lists asks Python. */
static PyObject *loose(PyObject *self, PyObject *Py_UNUSED(none))
{
    Terms *t = &((Sum *)self)->terms;
    if (!t->buffer || !t->constant) return as_python(self, SUM, "_loose", NULL);
    t->buffer->owners++;
    return made_sum(SUM, NULL, t->buffer, t->count, Py_NewRef(t->constant));
}

static PyObject *shares(PyObject *self, PyObject *other)
{
    Buffer *b = ((Sum *)self)->terms.buffer;
    if (b && kind_of(other) == SUM) return PyBool_FromLong(((Sum *)other)->terms.buffer == b);
    return as_python(self, SUM, "_shares", other);
}

static PyObject *since(PyObject *self, PyObject *start)
{
    Terms *t = &((Sum *)self)->terms;
    Py_ssize_t first = t->buffer ? PyLong_AsSsize_t(start) : -1;
    if (first < 0 || first > t->count) return PyErr_Occurred() ? NULL : as_python(self, SUM, "_since", start);
    PyObject *indices, *coefficients;
    return make_lists(t->buffer, first, t->count - first, &indices, &coefficients) ? NULL : Py_BuildValue("NN", indices, coefficients);
}

static PyObject *add_to(PyObject *self, PyObject *costs)
{
    Terms *t = &((Sum *)self)->terms;
    Py_buffer view;
    if (!t->buffer || !PyObject_CheckBuffer(costs)) return as_python(self, SUM, "_add_to", costs);
    if (PyObject_GetBuffer(costs, &view, PyBUF_WRITABLE)) return NULL;
    const Entry *e = t->buffer->entries;
    double *to = view.buf;
    int is_ordered = 1, is_inside = 1;
    for (Py_ssize_t k = 0; k < t->count; k++) {
        is_ordered &= !k || e[k - 1].j < e[k].j;
        is_inside &= e[k].j < view.len / (Py_ssize_t)sizeof(double);
    }
    for (Py_ssize_t k = 0; is_inside && k < t->count; k++) to[e[k].j] = is_ordered ? e[k].a : to[e[k].j] + e[k].a;
    PyBuffer_Release(&view);
    return is_inside ? PyBool_FromLong(is_ordered) : as_python(self, SUM, "_add_to", costs); /* which raises IndexError */
}

static PyMethodDef variable_sum_methods[] = {{"_parts", parts, METH_NOARGS, NULL}, {0}};
static PyMethodDef sum_methods[] = {{"_parts", parts, METH_NOARGS, NULL}, {"_loose", loose, METH_NOARGS, NULL},
    {"_shares", shares, METH_O, NULL}, {"_since", since, METH_O, NULL}, {"_add_to", add_to, METH_O, NULL}, {0}};

#define ARITHMETIC {Py_nb_add, add}, {Py_nb_subtract, subtract}, {Py_nb_multiply, multiply}, {Py_tp_richcompare, compared}
#define LIVES(label) {Py_tp_dealloc, drop_##label}, {Py_tp_traverse, traverse_##label}, {Py_tp_clear, clear_##label}
static PyType_Slot variable_slots[] = {ARITHMETIC, LIVES(variable), {Py_tp_hash, variable_hash}, {Py_tp_getset, variable_fields}, {0}};
static PyType_Slot term_slots[] = {ARITHMETIC, LIVES(term), {Py_tp_hash, PyObject_HashNotImplemented}, {Py_tp_getset, term_fields}, {0}};
static PyType_Slot variable_sum_slots[] = {ARITHMETIC, LIVES(variable_sum), {Py_tp_hash, PyObject_HashNotImplemented},
    {Py_tp_getset, variable_sum_fields}, {Py_tp_methods, variable_sum_methods}, {0}};
static PyType_Slot sum_slots[] = {ARITHMETIC, LIVES(sum), {Py_tp_hash, PyObject_HashNotImplemented},
    {Py_tp_getset, sum_fields}, {Py_tp_methods, sum_methods}, {0}};
static PyType_Slot relation_slots[] = {LIVES(relation), {0}};
static PyType_Slot difference_slots[] = {LIVES(difference), {0}};
static PyType_Slot constraint_slots[] = {LIVES(constraint), {Py_tp_getset, constraint_fields}, {0}};
static PyType_Slot waiting_slots[] = {LIVES(waiting), {Py_sq_length, waiting_length}, {Py_tp_methods, waiting_methods}, {0}};
static PyType_Slot *const type_slots[KINDS] = {variable_slots, term_slots, variable_sum_slots, sum_slots, relation_slots,
    difference_slots, constraint_slots, waiting_slots, NULL, NULL};

static PyMethodDef rows_methods[] = {{"append", (PyCFunction)(void (*)(void))rows_append, METH_FASTCALL, NULL}, {0}};
static PyMethodDef model_methods[] = {
    {"add_constraint", (PyCFunction)(void (*)(void))add_constraint, METH_FASTCALL | METH_KEYWORDS,
     "add_constraint($self, relation, name=None, row=False)\n--\n\n"},
    {"Var", (PyCFunction)(void (*)(void))var, METH_FASTCALL | METH_KEYWORDS,
     "Var($self, name=None, column=None, cost=None, *, lb=-1e999, ub=1e999)\n--\n\n"}, {0}};

/* Put a compiled method in the place of the Python one, which is returned; its docstring and signature stay. */
static PyObject *replaced(PyObject *cls, PyMethodDef *method)
{
    PyObject *before = PyObject_GetAttrString(cls, method->ml_name), *doc = before ? PyObject_GetAttrString(before, "__doc__") : NULL;
    if (doc && method->ml_doc && PyUnicode_Check(doc)) { /* kept for as long as the process lives */
        PyObject *whole = PyUnicode_FromFormat("%s%U", method->ml_doc, doc);
        if (whole) method->ml_doc = PyUnicode_AsUTF8(whole);
    }
    Py_XDECREF(doc);
    PyErr_Clear();
    PyObject *made = before ? PyDescr_NewMethod((PyTypeObject *)cls, method) : NULL;
    if (!made || PyObject_SetAttrString(cls, method->ml_name, made)) Py_CLEAR(before);
    Py_XDECREF(made);
    return before;
}

/* Have the slots of a Python class the places that this file expects? */
static int has_layout(PyTypeObject *cls, int kind)
{
    int count = 0;
    for (; slots[kind][count]; count++) {
        PyObject *member = PyObject_GetAttrString((PyObject *)cls, slots[kind][count]);
        int is_there = member && Py_TYPE(member) == &PyMemberDescr_Type
            && ((PyMemberDescrObject *)member)->d_member->offset == (Py_ssize_t)(sizeof(PyObject) + count * sizeof(PyObject *));
        Py_XDECREF(member);
        if (!is_there) { PyErr_Clear(); return 0; }
    }
    slot_count[kind] = count;
    return cls->tp_basicsize == (Py_ssize_t)(sizeof(PyObject) + count * sizeof(PyObject *)) && !cls->tp_dictoffset;
}

/* The chains that wait: a dictionary of the module that the class's own one has as `chaining`. */
static int find_pending(PyObject *cls)
{
    PyObject *name = PyObject_GetAttrString(cls, "__module__"), *module = name ? PyImport_GetModule(name) : NULL;
    PyObject *chaining = module ? PyObject_GetAttrString(module, "chaining") : NULL;
    PyObject *found = chaining ? PyObject_GetAttrString(chaining, "pending") : NULL;
    Py_XDECREF(name); Py_XDECREF(module); Py_XDECREF(chaining);
    if (found && PyDict_CheckExact(found)) pending = Py_NewRef(found);
    Py_XDECREF(found);
    PyErr_Clear();
    return pending != NULL;
}

static PyObject *compiled(PyObject *module, PyObject *cls)
{
    if (!PyType_Check(cls)) { PyErr_SetString(PyExc_TypeError, "compiled() takes a class"); return NULL; }
    PyTypeObject *base = (PyTypeObject *)cls;
    const char *name = strrchr(base->tp_name, '.') ? strrchr(base->tp_name, '.') + 1 : base->tp_name;
    int kind = 0;
    while (kind < KINDS && strcmp(name, names[kind])) kind++;
    if (kind == KINDS || type[kind]) return Py_NewRef(cls); /* a second copy of the package stays as it is in Python */
    if (kind == ROWS || kind == MODEL) {
        if (kind == ROWS && type[WAITING]) {
            PyObject *before = replaced(cls, rows_methods);
            if (!before) return NULL;
            Py_DECREF(before);
        }
        if (kind == MODEL && (!(python_add_constraint = replaced(cls, &model_methods[0])) || !(python_var = replaced(cls, &model_methods[1])))) return NULL;
        type[kind] = (PyTypeObject *)Py_NewRef(cls);
        return Py_NewRef(cls);
    }
    if (!has_layout(base, kind) || (kind == RELATION && !find_pending(cls))) return Py_NewRef(cls);
    for (int m = 0; kind <= SUM && m < METHODS; m++)
        if (!python[kind][m] && !(python[kind][m] = PyObject_GetAttrString(cls, method_names[m]))) return NULL;
    PyObject *in = PyObject_GetAttrString(cls, "__module__"), *doc = PyObject_GetAttrString(cls, "__doc__");
    PyObject *full = in ? PyUnicode_FromFormat("%U.%s", in, names[kind]) : NULL, *bases = PyTuple_Pack(1, cls), *made = NULL;
    const char *text = full ? PyUnicode_AsUTF8(full) : NULL; /* the type keeps it: `full` is never freed */
    if (text && doc && bases) {
        PyType_Spec spec = {text, (int)sizes[kind], 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, type_slots[kind]};
        made = PyType_FromSpecWithBases(&spec, bases);
        if (made && (PyObject_SetAttrString(made, "__doc__", doc) || PyObject_SetAttrString(made, "__module__", in))) Py_CLEAR(made);
    }
    Py_XDECREF(in); Py_XDECREF(doc); Py_XDECREF(bases);
    if (made) ((PyTypeObject *)made)->tp_name = base->tp_name; /* what messages call it: without the module */
    PyObject *index = made ? PyDict_GetItemString(((PyTypeObject *)made)->tp_dict, "_index") : NULL;
    if (index && PyObject_SetAttrString(cls, "_index", index)) Py_CLEAR(made); /* the slot of the base holds a number */
    if (made && kind == VARIABLE) { /* the property stays what it is, for its docstring; its function is asked */
        PyObject *property = PyObject_GetAttr(cls, s_value);
        python_value = property ? PyObject_GetAttrString(property, "fget") : NULL;
        Py_XDECREF(property);
        if (!python_value) Py_CLEAR(made);
    }
    if (made) type[kind] = (PyTypeObject *)Py_NewRef(made);
    return made;
}

/* -------------------------------------------------------------------------------------- a problem into a library in C */
typedef void (*BoundsSetter)(void *, int, int, double, double);
typedef void (*CostSetter)(void *, int, double);

/* set_bounds(address of a function, address of a problem, lower, upper): for k = 1, 2, ... function(problem, k, code,
   lower[k-1], upper[k-1]), with the codes of GLPK: 1 free, 2 and 3 one side, 4 two, 5 equal.  Returns the places where
   lower is above upper; they got the code 5. */
static PyObject *set_bounds(PyObject *module, PyObject *args)
{
    unsigned long long function, problem;
    Py_buffer lower, upper;
    if (!PyArg_ParseTuple(args, "KKy*y*", &function, &problem, &lower, &upper)) return NULL;
    PyObject *crossed = lower.len == upper.len ? PyList_New(0) : NULL;
    if (!crossed && !PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "two arrays of different lengths");
    const double *l = lower.buf, *u = upper.buf;
    for (Py_ssize_t k = 0; crossed && k < lower.len / (Py_ssize_t)sizeof(double); k++) {
        int code = l[k] >= u[k] ? 5 : 1 + (l[k] != -Py_HUGE_VAL) + 2 * (u[k] != Py_HUGE_VAL);
        if (l[k] > u[k]) {
            PyObject *place = PyLong_FromSsize_t(k);
            if (!place || PyList_Append(crossed, place)) Py_CLEAR(crossed);
            Py_XDECREF(place);
        }
        if (crossed) ((BoundsSetter)(uintptr_t)function)((void *)(uintptr_t)problem, (int)k + 1, code, l[k], u[k]);
    }
    PyBuffer_Release(&lower); PyBuffer_Release(&upper);
    return crossed;
}

static PyObject *set_costs(PyObject *module, PyObject *args) /* for k = 1, 2, ... function(problem, k, costs[k-1]) */
{
    unsigned long long function, problem;
    Py_buffer costs;
    if (!PyArg_ParseTuple(args, "KKy*", &function, &problem, &costs)) return NULL;
    const double *c = costs.buf;
    for (Py_ssize_t k = 0; k < costs.len / (Py_ssize_t)sizeof(double); k++)
        if (c[k] != 0.0) ((CostSetter)(uintptr_t)function)((void *)(uintptr_t)problem, (int)k + 1, c[k]);
    PyBuffer_Release(&costs);
    Py_RETURN_NONE;
}

/* coordinates(starts, indices, rows, columns): write the numbers, from 1, of the row and the column of each coefficient
   into two arrays of C ints. */
static PyObject *coordinates(PyObject *module, PyObject *args)
{
    Py_buffer starts, indices, to_rows, to_columns;
    if (!PyArg_ParseTuple(args, "y*y*w*w*", &starts, &indices, &to_rows, &to_columns)) return NULL;
    Py_ssize_t rows = starts.len / (Py_ssize_t)sizeof(int64_t) - 1, count = indices.len / (Py_ssize_t)sizeof(int32_t);
    const int64_t *s = starts.buf;
    const int32_t *j = indices.buf;
    int32_t *r = to_rows.buf, *c = to_columns.buf;
    int is_good = to_rows.len == indices.len && to_columns.len == indices.len && rows >= 0 && s[0] == 0 && s[rows] == count;
    for (Py_ssize_t i = 0; is_good && i < rows; i++)
        for (int64_t k = s[i]; k < s[i + 1] && k < count; k++) { r[k] = (int32_t)i + 1; c[k] = j[k] + 1; }
    PyBuffer_Release(&starts); PyBuffer_Release(&indices); PyBuffer_Release(&to_rows); PyBuffer_Release(&to_columns);
    if (!is_good) { PyErr_SetString(PyExc_ValueError, "starts do not fit the indices"); return NULL; }
    Py_RETURN_NONE;
}

/* Three arrays of doubles or bytes of a form: starts, indices and values; 1 where they belong together. */
typedef struct { Py_buffer starts, indices, values; const int64_t *s; const int32_t *j; const double *a; Py_ssize_t rows; } Matrix;

static void drop_matrix(Matrix *m) { PyBuffer_Release(&m->starts); PyBuffer_Release(&m->indices); PyBuffer_Release(&m->values); }

static int is_matrix(Matrix *m, Py_ssize_t columns)
{
    Py_ssize_t count = m->indices.len / (Py_ssize_t)sizeof(int32_t);
    m->s = m->starts.buf; m->j = m->indices.buf; m->a = m->values.buf;
    m->rows = m->starts.len / (Py_ssize_t)sizeof(int64_t) - 1;
    int is_good = m->rows >= 0 && m->values.len / (Py_ssize_t)sizeof(double) == count && m->s[0] == 0 && m->s[m->rows] == count;
    for (Py_ssize_t i = 0; is_good && i < m->rows; i++) is_good = m->s[i] <= m->s[i + 1];
    for (Py_ssize_t k = 0; is_good && k < count; k++) is_good = m->j[k] >= 0 && m->j[k] < columns;
    if (!is_good) PyErr_SetString(PyExc_ValueError, "the arrays of the matrix do not fit");
    return is_good;
}

/* activities(starts, indices, values, x): the value of each row at x, in bytes; each summed from its first term on. */
static PyObject *activities(PyObject *module, PyObject *args)
{
    Matrix m;
    Py_buffer x;
    if (!PyArg_ParseTuple(args, "y*y*y*y*", &m.starts, &m.indices, &m.values, &x)) return NULL;
    PyObject *made = is_matrix(&m, x.len / (Py_ssize_t)sizeof(double)) ? PyBytes_FromStringAndSize(NULL, m.rows * sizeof(double)) : NULL;
    double *to = made ? (double *)PyBytes_AS_STRING(made) : NULL;
    for (Py_ssize_t i = 0; made && i < m.rows; i++) {
        double sum = 0.0;
        for (int64_t k = m.s[i]; k < m.s[i + 1]; k++) sum += m.a[k] * ((const double *)x.buf)[m.j[k]];
        to[i] = sum;
    }
    drop_matrix(&m); PyBuffer_Release(&x);
    return made;
}

/* reduced_costs(starts, indices, values, cost, y): cost - y A, and the greatest size of what each is the sum of. */
static PyObject *reduced_costs(PyObject *module, PyObject *args)
{
    Matrix m;
    Py_buffer cost, y;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*", &m.starts, &m.indices, &m.values, &cost, &y)) return NULL;
    PyObject *d = NULL, *sizes = NULL;
    if (is_matrix(&m, cost.len / (Py_ssize_t)sizeof(double)) && y.len == m.rows * (Py_ssize_t)sizeof(double)) {
        d = PyBytes_FromStringAndSize(cost.buf, cost.len);
        sizes = PyBytes_FromStringAndSize(cost.buf, cost.len);
    } else if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "there is not one dual for each row");
    if (d && sizes) {
        double *to = (double *)PyBytes_AS_STRING(d), *size = (double *)PyBytes_AS_STRING(sizes);
        for (Py_ssize_t j = 0; j < cost.len / (Py_ssize_t)sizeof(double); j++) size[j] = fabs(size[j]);
        for (Py_ssize_t i = 0; i < m.rows; i++) {
            double dual = ((const double *)y.buf)[i];
            if (dual == 0.0) continue;
            for (int64_t k = m.s[i]; k < m.s[i + 1]; k++) {
                double product = m.a[k] * dual;
                to[m.j[k]] -= product;
                if (fabs(product) > size[m.j[k]]) size[m.j[k]] = fabs(product);
            }
        }
    }
    drop_matrix(&m); PyBuffer_Release(&cost); PyBuffer_Release(&y);
    if (!d || !sizes) { Py_XDECREF(d); Py_XDECREF(sizes); return NULL; }
    return Py_BuildValue("NN", d, sizes);
}

/* How far a value is outside of its bounds, and the size of the bound that it is outside of. */
static inline double outside(double value, double lower, double upper, double *size)
{
    *size = fabs(value < lower ? lower : upper);
    return value < lower ? lower - value : value - upper;
}

/* The size of what a column can be: of its value, and of its finite bounds. */
static inline double size_of(double x, double lower, double upper)
{
    double size = isfinite(x) ? fabs(x) : 0.0;
    if (isfinite(lower) && fabs(lower) > size) size = fabs(lower);
    return isfinite(upper) && fabs(upper) > size ? fabs(upper) : size;
}

/* point_holds(starts, indices, values, x, lower, upper, row lower, row upper, tolerance, noise): are all values finite, and
   columns and rows within their bounds up to the tolerance, relative to a bound or to the greatest product of a row, or
   a row up to this noise of what its terms can be?  False means perhaps not. */
static PyObject *point_holds(PyObject *module, PyObject *args)
{
    Matrix m;
    Py_buffer x, ends[4];
    double tolerance, noise, size;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*y*y*dd", &m.starts, &m.indices, &m.values, &x, ends, ends + 1, ends + 2, ends + 3, &tolerance,
                          &noise)) return NULL;
    Py_ssize_t columns = x.len / (Py_ssize_t)sizeof(double), row_bytes = is_matrix(&m, columns) ? m.rows * (Py_ssize_t)sizeof(double) : -1;
    int holds = ends[0].len == x.len && ends[1].len == x.len && ends[2].len == row_bytes && ends[3].len == row_bytes;
    const double *v = x.buf, *l = ends[0].buf, *u = ends[1].buf, *rl = ends[2].buf, *ru = ends[3].buf;
    for (Py_ssize_t j = 0; holds && j < columns; j++) {
        double off = outside(v[j], l[j], u[j], &size);
        holds = isfinite(v[j]) && (off <= 0 || off <= tolerance * size);
    }
    for (Py_ssize_t i = 0; holds && i < m.rows; i++) {
        double sum = 0.0, greatest = 0.0, reach = 0.0;
        for (int64_t k = m.s[i]; k < m.s[i + 1]; k++) {
            int32_t j = m.j[k];
            double product = m.a[k] * v[j], most = fabs(m.a[k]) * size_of(v[j], l[j], u[j]);
            sum += product;
            if (!(fabs(product) <= greatest)) greatest = fabs(product);
            if (most > reach) reach = most;
        }
        double off = outside(sum, rl[i], ru[i], &size);
        holds = isfinite(greatest) && (off <= 0 || off <= tolerance * (greatest > size ? greatest : size) || off <= noise * reach);
    }
    drop_matrix(&m); PyBuffer_Release(&x);
    for (int k = 0; k < 4; k++) PyBuffer_Release(ends + k);
    return PyErr_Occurred() ? NULL : PyBool_FromLong(holds);
}

/* What a dual leaves unproved: its price times the distance to the bound that its sign asks for. */
typedef struct { double lost, left; } Gap; /* in all, and without what rounding explains */

static inline void add_loss(Gap *gap, double price, double value, double lower, double upper, int maximize, double noise, double rounding)
{
    double bound = (price > 0) != maximize ? lower : upper, far = fabs(value - bound);
    if (price == 0.0 || value == bound || (isinf(bound) && fabs(price) <= noise)) return;
    gap->lost += fabs(price) * far;
    if (!(fabs(price) <= noise) && !(far <= rounding)) gap->left += fabs(price) * far;
}

/* prices_hold(starts, indices, values, x, lower, upper, row lower, row upper, cost, y, reduced costs, maximize,
   tolerance, noise, worth): do the duals give the reduced costs, and is what they leave unproved within the tolerance
   of the products of costs and values?  Or without what is `noise` of the numbers that it is the sum of, where all of
   it is `worth` nothing beside what the objective can be: see _is_explained.  False means perhaps not. */
static PyObject *prices_hold(PyObject *module, PyObject *args)
{
    Matrix m;
    Py_buffer b[8]; /* x, lower, upper, row lower, row upper, cost, y, reduced costs */
    int maximize;
    double tolerance, noise, worth, summed = 0.0, scale = 0.0;
    Gap gap = {0.0, 0.0};
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*y*y*y*y*y*pddd", &m.starts, &m.indices, &m.values, b, b + 1, b + 2, b + 3, b + 4, b + 5, b + 6,
                          b + 7, &maximize, &tolerance, &noise, &worth)) return NULL;
    const double *x = b[0].buf, *l = b[1].buf, *u = b[2].buf, *rl = b[3].buf, *ru = b[4].buf, *c = b[5].buf, *y = b[6].buf, *told = b[7].buf;
    Py_ssize_t columns = b[0].len / (Py_ssize_t)sizeof(double), row_bytes = is_matrix(&m, columns) ? m.rows * (Py_ssize_t)sizeof(double) : -1;
    int holds = b[3].len == row_bytes && b[4].len == row_bytes && b[6].len == row_bytes;
    for (int k = 1; k < 8; k++) holds &= k == 3 || k == 4 || k == 6 || b[k].len == b[0].len;
    double *d = holds ? PyMem_Malloc(4 * b[0].len + 1) : NULL, *sizes = d + columns, *most = sizes + columns, *greatest = most + columns;
    if (holds && !d) PyErr_NoMemory();
    for (Py_ssize_t j = 0; d && j < columns; j++) {
        d[j] = c[j]; sizes[j] = fabs(c[j]); most[j] = size_of(x[j], l[j], u[j]); greatest[j] = 0.0;
        summed += fabs(c[j] * x[j]); scale += fabs(c[j]) * most[j];
    }
    double dual = 0.0;
    for (Py_ssize_t i = 0; d && i < m.rows; i++) {
        double sum = 0.0, size = 0.0;
        if (fabs(y[i]) > dual) dual = fabs(y[i]);
        for (int64_t k = m.s[i]; k < m.s[i + 1]; k++) {
            int32_t j = m.j[k];
            double product = m.a[k] * y[i], reach = fabs(m.a[k]) * most[j];
            sum += m.a[k] * x[j];
            d[j] -= product;
            if (fabs(product) > sizes[j]) sizes[j] = fabs(product);
            if (reach > size) size = reach;
            if (fabs(m.a[k]) > greatest[j]) greatest[j] = fabs(m.a[k]);
        }
        add_loss(&gap, y[i], sum, rl[i], ru[i], maximize, 0.0, noise * size);
    }
    for (Py_ssize_t j = 0; d && j < columns; j++) {
        double off = fabs(d[j] - told[j]);
        holds &= off <= 10 * tolerance * sizes[j] || (isfinite(l[j]) && isfinite(u[j]) && off * most[j] <= 1e-3 * worth * scale);
        double solved = 1e-2 * dual * greatest[j]; /* the duals are a solution of equations, which shares out its errors */
        add_loss(&gap, d[j], x[j], l[j], u[j], maximize, noise * (sizes[j] > solved ? sizes[j] : solved), 0.0);
    }
    PyMem_Free(d);
    drop_matrix(&m);
    for (int k = 0; k < 8; k++) PyBuffer_Release(b + k);
    if (PyErr_Occurred()) return NULL;
    return PyBool_FromLong(holds && isfinite(summed) && (gap.lost <= tolerance * summed || (gap.left <= tolerance * summed && gap.lost <= worth * scale)));
}

/* are_between(list, lower, upper): is lower <= x <= upper everywhere, of a list of floats?  NaN is not. */
static PyObject *are_between(PyObject *module, PyObject *args)
{
    PyObject *list;
    Py_buffer lower, upper;
    if (!PyArg_ParseTuple(args, "O!y*y*", &PyList_Type, &list, &lower, &upper)) return NULL;
    Py_ssize_t n = PyList_GET_SIZE(list);
    int is_so = lower.len == n * (Py_ssize_t)sizeof(double) && upper.len == lower.len;
    for (Py_ssize_t k = 0; is_so && k < n; k++) {
        PyObject *o = PyList_GET_ITEM(list, k);
        is_so = PyFloat_CheckExact(o) && ((const double *)lower.buf)[k] <= PyFloat_AS_DOUBLE(o)
            && PyFloat_AS_DOUBLE(o) <= ((const double *)upper.buf)[k];
    }
    PyBuffer_Release(&lower); PyBuffer_Release(&upper);
    return PyBool_FromLong(is_so);
}

/* sizes(doubles): the least and the greatest size of those that are finite and not 0; (inf, 0) without one. */
static PyObject *sizes_of(PyObject *module, PyObject *numbers)
{
    Py_buffer view;
    if (PyObject_GetBuffer(numbers, &view, PyBUF_SIMPLE)) return NULL;
    double least = Py_HUGE_VAL, greatest = 0.0;
    const double *x = view.buf;
    for (Py_ssize_t k = 0; k < view.len / (Py_ssize_t)sizeof(double); k++) {
        double size = fabs(x[k]);
        if (size == 0.0 || size == Py_HUGE_VAL) continue;
        if (size < least) least = size;
        if (size > greatest) greatest = size;
    }
    PyBuffer_Release(&view);
    return Py_BuildValue("dd", least, greatest);
}

/* packed(code, list): the numbers of a list as C ints "i", long longs "q" or doubles "d", in bytes. */
static PyObject *packed(PyObject *module, PyObject *args)
{
    int code;
    PyObject *list;
    if (!PyArg_ParseTuple(args, "CO!", &code, &PyList_Type, &list)) return NULL;
    Py_ssize_t n = PyList_GET_SIZE(list);
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, n * (code == 'i' ? 4 : 8));
    void *to = bytes ? PyBytes_AS_STRING(bytes) : NULL;
    for (Py_ssize_t k = 0; bytes && k < n; k++) {
        PyObject *o = PyList_GET_ITEM(list, k);
        if (code == 'd' && PyFloat_CheckExact(o)) { ((double *)to)[k] = PyFloat_AS_DOUBLE(o); continue; }
        if (!PyLong_CheckExact(o)) { PyErr_SetString(PyExc_TypeError, "not a plain number"); Py_CLEAR(bytes); break; }
        long long j = code == 'd' ? 0 : PyLong_AsLongLong(o);
        if (code == 'd') ((double *)to)[k] = PyLong_AsDouble(o);
        else if (code == 'q') ((int64_t *)to)[k] = j;
        else if ((((int32_t *)to)[k] = (int32_t)j) != j) PyErr_SetString(PyExc_OverflowError, "not an int of C");
        if ((j == -1 || code != 'q') && PyErr_Occurred()) Py_CLEAR(bytes);
    }
    return bytes;
}

static PyMethodDef functions[] = {
    {"activities", activities, METH_VARARGS, NULL}, {"point_holds", point_holds, METH_VARARGS, NULL},
    {"prices_hold", prices_hold, METH_VARARGS, NULL}, {"are_between", are_between, METH_VARARGS, NULL},
    {"reduced_costs", reduced_costs, METH_VARARGS, NULL},
    {"weighted", weighted, METH_VARARGS, NULL}, {"sizes", sizes_of, METH_O, NULL}, {"packed", packed, METH_VARARGS, NULL},
    {"set_bounds", set_bounds, METH_VARARGS, NULL}, {"set_costs", set_costs, METH_VARARGS, NULL},
    {"coordinates", coordinates, METH_VARARGS, NULL},
    {"compiled", compiled, METH_O, "The class, or one derived from it whose hot methods are compiled."}, {0}};

static int executed(PyObject *module)
{
    if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
        PyErr_SetString(PyExc_ImportError, "an interpreter other than the main one runs the Python source");
        return -1;
    }
    if (nought) return 0;
#define INTERN(n) if (!(s_##n = PyUnicode_InternFromString(#n))) return -1;
    NAMES(INTERN)
    one = PyFloat_FromDouble(1.0);
    infinite = PyFloat_FromDouble(Py_HUGE_VAL);
    minus_infinite = PyFloat_FromDouble(-Py_HUGE_VAL);
    nought = PyFloat_FromDouble(0.0);
    return one && infinite && minus_infinite && nought ? 0 : -1;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, executed},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
    {0}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "pplp.ground.accelerator", NULL, 0, functions, module_slots};
PyMODINIT_FUNC PyInit_accelerator(void) { return PyModuleDef_Init(&definition); }
