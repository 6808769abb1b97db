/* The network simplex of pplp.engines.networks.network_simplex, compiled.

   The Python source beside this file says what it means; both make the same pivots, and end with the same tree to the
   last bit.  So sums are written in the same order in both, and nothing is added to a product.

   A `Simplex` owns one block of memory, which is given back with it; the module has no state.  `run` makes a counted
   number of pivots without the interpreter's lock; nobody else may use the object meanwhile.

   The functions are loops over the arrays of a network. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#if defined(PYPY_VERSION) || defined(Py_GIL_DISABLED)
#error "This Python runs the Python source of pplp; the accelerator is not for it."
#endif
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { GOES_ON, OPTIMAL, UNBOUNDED };
enum { LEAST_BLOCK = 20 };

typedef struct { int32_t tail, head; double cost; } Arc;
typedef struct { double price, level; } Dual; /* level: what artificial arcs add to the price */

typedef struct {
    PyObject_HEAD
    void *memory;
    int32_t nodes, arcs; /* without the root, which is number `nodes`; the artificial arc of node v is number `arcs + v` */
    int32_t block, next;
    int is_busy, is_fresh, status;
    int32_t entering; /* of the ray */
    int64_t pivots, work; /* work: how many arcs and nodes were looked at */
    double tolerance, level;
    Arc *arc;
    Dual *dual;
    double *capacity, *flow, *supply;
    int32_t *parent, *over, *depth, *child, *after, *before, *stack; /* over: the arc to the parent */
    int8_t *sign; /* 1: empty, -1: full, 0: in the tree, or without capacity */
    int8_t *is_full, *rises; /* rises: the arc to the parent leads to it */
} Simplex;

/* ---------------------------------------------------------------- the tree */
static void unlink_node(Simplex *s, int32_t v)
{
    if (s->before[v] >= 0) s->after[s->before[v]] = s->after[v];
    else s->child[s->parent[v]] = s->after[v];
    if (s->after[v] >= 0) s->before[s->after[v]] = s->before[v];
}

static void hang(Simplex *s, int32_t v, int32_t parent, int32_t arc, int rises)
{
    int32_t first = s->child[parent];
    s->parent[v] = parent; s->over[v] = arc; s->rises[v] = (int8_t)rises;
    s->before[v] = -1; s->after[v] = first;
    if (first >= 0) s->before[first] = v;
    s->child[parent] = v;
}

/* The nodes below one and itself, parents first, on the stack: how many. */
static int32_t below(Simplex *s, int32_t v)
{
    int32_t count = 0;
    s->stack[count++] = v;
    for (int32_t k = 0; k < count; k++)
        for (int32_t c = s->child[s->stack[k]]; c >= 0; c = s->after[c]) s->stack[count++] = c;
    return count;
}

/* Prices and flows anew from the tree, so that no rounding has piled up. */
static void refresh(Simplex *s)
{
    int32_t count = below(s, s->nodes);
    double *net = s->supply + s->nodes; /* beside the supplies */
    s->dual[s->nodes].price = s->dual[s->nodes].level = 0.0;
    for (int32_t k = 1; k < count; k++) {
        int32_t v = s->stack[k], a = s->over[v];
        Dual above = s->dual[s->parent[v]];
        if (a < s->arcs) {
            s->dual[v].price = s->rises[v] ? above.price + s->arc[a].cost : above.price - s->arc[a].cost;
            s->dual[v].level = above.level;
        } else {
            s->dual[v].price = 0.0;
            s->dual[v].level = s->rises[v] ? s->arc[a].cost : -s->arc[a].cost;
        }
    }
    memcpy(net, s->supply, (size_t)s->nodes * sizeof(double));
    net[s->nodes] = 0.0;
    for (int32_t a = 0; a < s->arcs; a++)
        if (s->is_full[a]) { net[s->arc[a].tail] -= s->capacity[a]; net[s->arc[a].head] += s->capacity[a]; }
    for (int32_t k = count - 1; k > 0; k--) {
        int32_t v = s->stack[k], a = s->over[v];
        double f = s->rises[v] ? net[v] : -net[v];
        net[s->parent[v]] += net[v];
        if (f < 0.0) f = 0.0;
        if (f > s->capacity[a]) f = s->capacity[a];
        s->flow[a] = f;
    }
    s->is_fresh = 1;
}

/* ---------------------------------------------------------------- a pivot */
/* The arc that gains most among those of the first block that has one; -1: none gains. */
static int32_t entering(Simplex *s)
{
    const Arc *arc = s->arc;
    const Dual *dual = s->dual;
    const int8_t *sign = s->sign;
    int32_t best = -1, seen = 0, begin = s->next;
    double least = 0.0;
    while (seen < s->arcs) {
        int32_t end = s->arcs - begin < s->block ? s->arcs : begin + s->block;
        for (int32_t a = begin; a < end; a++) {
            Dual t = dual[arc[a].tail], h = dual[arc[a].head];
            double excess = ((arc[a].cost - t.price) + h.price) + (h.level - t.level);
            excess = sign[a] > 0 ? excess : sign[a] < 0 ? -excess : 0.0;
            if (excess < least
                && -excess > s->tolerance * ((fabs(arc[a].cost) + fabs(t.price)) + fabs(h.price))) {
                least = excess;
                best = a;
            }
        }
        seen += end - begin;
        s->work += end - begin;
        begin = end == s->arcs ? 0 : end;
        if (best >= 0) break;
    }
    s->next = begin;
    return best;
}

static int pivot(Simplex *s)
{
    int32_t in = entering(s);
    if (in < 0) {
        if (s->is_fresh) return OPTIMAL;
        refresh(s);
        return GOES_ON;
    }
    double *flow = s->flow, *capacity = s->capacity;
    int32_t *parent = s->parent, *over = s->over, *depth = s->depth;
    int8_t *rises = s->rises;
    int way = s->sign[in];
    int32_t first = way > 0 ? s->arc[in].tail : s->arc[in].head, second = way > 0 ? s->arc[in].head : s->arc[in].tail;
    int32_t u = first, w = second;
    while (u != w) {
        if (depth[u] > depth[w]) u = parent[u];
        else if (depth[w] > depth[u]) w = parent[w];
        else { u = parent[u]; w = parent[w]; }
    }
    /* The flow goes from where they meet to the first, over the arc, and from the second back.  Of the arcs that limit
       it the last one leaves: so the tree stays strongly feasible, and no tree comes twice. */
    int32_t join = u, leaving = -1;
    int is_first = 0;
    double step = capacity[in];
    for (u = first; u != join; u = parent[u]) {
        double room = rises[u] ? flow[over[u]] : capacity[over[u]] - flow[over[u]];
        if (room < step) { step = room; leaving = u; is_first = 1; }
    }
    for (u = second; u != join; u = parent[u]) {
        double room = rises[u] ? capacity[over[u]] - flow[over[u]] : flow[over[u]];
        if (room <= step) { step = room; leaving = u; is_first = 0; }
    }
    if (step == Py_HUGE_VAL) { s->entering = in; return UNBOUNDED; }
    s->pivots++;
    s->is_fresh = 0;
    if (step > 0.0) {
        flow[in] += way > 0 ? step : -step;
        for (u = first; u != join; u = parent[u]) flow[over[u]] += rises[u] ? -step : step;
        for (u = second; u != join; u = parent[u]) flow[over[u]] += rises[u] ? step : -step;
    }
    if (leaving < 0) {
        s->sign[in] = (int8_t)-way;
        s->is_full[in] = way > 0;
        flow[in] = way > 0 ? capacity[in] : 0.0;
        return GOES_ON;
    }
    int32_t out = over[leaving];
    int is_full = is_first ? !rises[leaving] : rises[leaving];
    flow[out] = is_full ? capacity[out] : 0.0;
    if (out < s->arcs) {
        s->is_full[out] = (int8_t)is_full;
        s->sign[out] = capacity[out] > 0.0 ? (is_full ? -1 : 1) : 0;
    }
    s->is_full[in] = s->sign[in] = 0;
    /* What hung below the arc that leaves is hung below the other end of the one that enters. */
    int32_t top = is_first ? first : second, under = is_first ? second : first;
    int32_t v = top, to = under, by = in;
    int up = s->arc[in].tail == top;
    for (;;) {
        int32_t old_parent = parent[v], old_arc = over[v];
        int old_up = rises[v];
        unlink_node(s, v);
        hang(s, v, to, by, up);
        if (v == leaving) break;
        to = v; by = old_arc; up = !old_up; v = old_parent;
    }
    Dual above = s->dual[under];
    double shift = (rises[top] ? above.price + s->arc[in].cost : above.price - s->arc[in].cost) - s->dual[top].price;
    double rise = above.level - s->dual[top].level;
    int32_t count = below(s, top);
    s->work += count;
    for (int32_t k = 0; k < count; k++) {
        v = s->stack[k];
        s->dual[v].price += shift;
        s->dual[v].level += rise;
        depth[v] = depth[parent[v]] + 1;
    }
    return GOES_ON;
}

/* ---------------------------------------------------------------- the type */
static int32_t block_of(int32_t arcs)
{
    int32_t root = (int32_t)sqrt((double)arcs);
    return root < LEAST_BLOCK ? LEAST_BLOCK : root;
}

static void begin(Simplex *s, const int32_t *tails, const int32_t *heads, const double *costs, double level)
{
    int32_t n = s->nodes, m = s->arcs;
    for (int32_t a = 0; a < m; a++) {
        s->arc[a] = (Arc){tails[a], heads[a], costs[a]};
        s->flow[a] = 0.0;
        s->is_full[a] = 0;
        s->sign[a] = s->capacity[a] > 0.0;
    }
    s->child[n] = s->parent[n] = s->over[n] = s->before[n] = s->after[n] = -1;
    s->depth[n] = s->rises[n] = 0;
    for (int32_t v = 0; v < n; v++) s->child[v] = -1;
    for (int32_t v = 0; v < n; v++) {
        int32_t a = m + v;
        int gives = s->supply[v] >= 0.0;
        s->arc[a] = gives ? (Arc){v, n, level} : (Arc){n, v, level};
        s->capacity[a] = Py_HUGE_VAL;
        s->flow[a] = fabs(s->supply[v]);
        s->depth[v] = 1;
        hang(s, v, n, a, gives);
        s->dual[v] = (Dual){0.0, gives ? level : -level};
    }
    s->dual[n] = (Dual){0.0, 0.0};
    s->block = block_of(m);
}

/* Parts of one block of memory, of 8 bytes each: their sizes, and in the end where they are. */
static int allocate(Simplex *s)
{
    size_t n = (size_t)s->nodes + 1, m = (size_t)s->arcs + n;
    size_t sizes[] = {m * sizeof(Arc), n * sizeof(Dual), m * 8, m * 8, 2 * n * 8, n * 4, n * 4, n * 4, n * 4, n * 4, n * 4,
                      n * 4, m, m, n};
    void **places[] = {(void **)&s->arc, (void **)&s->dual, (void **)&s->capacity, (void **)&s->flow, (void **)&s->supply,
                       (void **)&s->parent, (void **)&s->over, (void **)&s->depth, (void **)&s->child, (void **)&s->after,
                       (void **)&s->before, (void **)&s->stack, (void **)&s->sign, (void **)&s->is_full,
                       (void **)&s->rises};
    size_t total = 0;
    for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) total += sizes[k] = (sizes[k] + 7) / 8 * 8;
    char *here = s->memory = PyMem_RawMalloc(total);
    if (!here) { PyErr_NoMemory(); return -1; }
    for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) { *places[k] = here; here += sizes[k]; }
    return 0;
}

static int are_ends(const int32_t *ends, int32_t arcs, int32_t nodes)
{
    for (int32_t a = 0; a < arcs; a++) if (ends[a] < 0 || ends[a] > nodes) return 0;
    return 1;
}

/* Simplex(tails, heads, capacities, costs, supplies, level, tolerance) */
static PyObject *simplex_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    Py_buffer tails, heads, capacities, costs, supplies;
    double level, tolerance;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*dd", &tails, &heads, &capacities, &costs, &supplies, &level, &tolerance))
        return NULL;
    Simplex *s = NULL;
    Py_ssize_t n = supplies.len / 8, m = costs.len / 8;
    if (tails.len != 4 * m || heads.len != 4 * m || capacities.len != 8 * m || costs.len != 8 * m || supplies.len != 8 * n)
        PyErr_SetString(PyExc_ValueError, "arrays of another shape");
    else if (n + m >= INT32_MAX - 1)
        PyErr_SetString(PyExc_ValueError, "too many arcs");
    else if (!are_ends(tails.buf, (int32_t)m, (int32_t)n) || !are_ends(heads.buf, (int32_t)m, (int32_t)n))
        PyErr_SetString(PyExc_ValueError, "an end of an arc is not a node");
    else if ((s = (Simplex *)type->tp_alloc(type, 0))) {
        s->nodes = (int32_t)n;
        s->arcs = (int32_t)m;
        s->tolerance = tolerance;
        s->level = level;
        if (allocate(s)) Py_CLEAR(s);
        else {
            memcpy(s->capacity, capacities.buf, (size_t)capacities.len);
            memcpy(s->supply, supplies.buf, (size_t)supplies.len);
            begin(s, tails.buf, heads.buf, costs.buf, level);
        }
    }
    PyBuffer_Release(&tails); PyBuffer_Release(&heads); PyBuffer_Release(&capacities); PyBuffer_Release(&costs);
    PyBuffer_Release(&supplies);
    return (PyObject *)s;
}

static void simplex_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyMem_RawFree(((Simplex *)self)->memory);
    type->tp_free(self);
    Py_DECREF(type);
}

static int is_idle(Simplex *s)
{
    if (s->is_busy) PyErr_SetString(PyExc_RuntimeError, "the simplex runs in another thread");
    return !s->is_busy;
}

/* run(pivots): make at most so many; 0: it goes on, 1: no arc gains, 2: one gains without limit. */
static PyObject *simplex_run(PyObject *self, PyObject *count)
{
    Simplex *s = (Simplex *)self;
    long long most = PyLong_AsLongLong(count);
    if ((most == -1 && PyErr_Occurred()) || !is_idle(s)) return NULL;
    s->is_busy = 1;
    Py_BEGIN_ALLOW_THREADS
    for (; most > 0 && s->status == GOES_ON; most--) s->status = pivot(s);
    Py_END_ALLOW_THREADS
    s->is_busy = 0;
    return PyLong_FromLong(s->status);
}

static PyObject *simplex_pivots(PyObject *self, void *Py_UNUSED(closure))
{
    return PyLong_FromLongLong(((Simplex *)self)->pivots);
}

static PyObject *simplex_work(PyObject *self, void *Py_UNUSED(closure))
{
    return PyLong_FromLongLong(((Simplex *)self)->work);
}

static PyObject *doubles(const double *from, Py_ssize_t count)
{
    return PyBytes_FromStringAndSize((const char *)from, count * 8);
}

/* flows(): of the arcs, in bytes of doubles. */
static PyObject *simplex_flows(PyObject *self, PyObject *Py_UNUSED(nothing))
{
    Simplex *s = (Simplex *)self;
    return is_idle(s) ? doubles(s->flow, s->arcs) : NULL;
}

/* missed(): what is left on the artificial arc of each node, in bytes of doubles. */
static PyObject *simplex_missed(PyObject *self, PyObject *Py_UNUSED(nothing))
{
    Simplex *s = (Simplex *)self;
    return is_idle(s) ? doubles(s->flow + s->arcs, s->nodes) : NULL;
}

/* What an artificial arc has to cost at least, so that no arc gains: prices can be told in plain numbers then. */
static double dearness(Simplex *s)
{
    double most = 0.0;
    for (int32_t a = 0; a < s->arcs; a++) {
        Dual t = s->dual[s->arc[a].tail], h = s->dual[s->arc[a].head];
        if (t.level == h.level || !s->sign[a]) continue;
        double excess = (s->arc[a].cost - t.price) + h.price, rise = h.level - t.level;
        double needed = (excess > 0.0) == (rise > 0.0) ? 0.0 : fabs(excess) / (fabs(rise) / s->level);
        if (needed > most) most = needed;
    }
    return s->tolerance == 0.0 ? ceil(most) : 2.0 * most;
}

/* levels(): how many artificial arcs the path of each node has, counted as they add to its price, in bytes of doubles.
   prices(): of the nodes, in bytes of doubles; the root's is 0. */
static PyObject *of_duals(PyObject *self, double dear)
{
    Simplex *s = (Simplex *)self;
    PyObject *bytes = is_idle(s) ? PyBytes_FromStringAndSize(NULL, (Py_ssize_t)s->nodes * 8) : NULL;
    if (bytes) {
        char *to = PyBytes_AS_STRING(bytes);
        for (int32_t v = 0; v < s->nodes; v++) {
            double levels = s->dual[v].level / s->level, d = levels;
            if (dear >= 0.0) d = s->dual[v].price + (levels > 0.0 ? dear : levels < 0.0 ? -dear : 0.0);
            memcpy(to + 8 * (size_t)v, &d, 8);
        }
    }
    return bytes;
}

static PyObject *simplex_prices(PyObject *self, PyObject *Py_UNUSED(nothing))
{
    return is_idle((Simplex *)self) ? of_duals(self, dearness((Simplex *)self)) : NULL;
}

static PyObject *simplex_levels(PyObject *self, PyObject *Py_UNUSED(nothing)) { return of_duals(self, -1.0); }

/* over(): the arc from each node to its parent, in bytes of ints. */
static PyObject *simplex_over(PyObject *self, PyObject *Py_UNUSED(nothing))
{
    Simplex *s = (Simplex *)self;
    return is_idle(s) ? PyBytes_FromStringAndSize((const char *)s->over, (Py_ssize_t)s->nodes * 4) : NULL;
}

/* full(): a byte of 1 for each arc that is full and not in the tree. */
static PyObject *simplex_full(PyObject *self, PyObject *Py_UNUSED(nothing))
{
    Simplex *s = (Simplex *)self;
    return is_idle(s) ? PyBytes_FromStringAndSize((const char *)s->is_full, s->arcs) : NULL;
}

/* ray(): the arcs of the cycle that gains without limit, ~a where the flow goes against an arc. */
static PyObject *simplex_ray(PyObject *self, PyObject *Py_UNUSED(nothing))
{
    Simplex *s = (Simplex *)self;
    if (!is_idle(s)) return NULL;
    PyObject *found = PyList_New(0);
    if (!found || s->status != UNBOUNDED) return found;
    int32_t in = s->entering, u, w;
    int way = s->sign[in];
    int32_t ends[2] = {way > 0 ? s->arc[in].tail : s->arc[in].head, way > 0 ? s->arc[in].head : s->arc[in].tail};
    long arcs[2];
    int count = 1;
    arcs[0] = way > 0 ? in : ~in;
    u = ends[0]; w = ends[1];
    for (;;) {
        for (int k = 0; k < count; k++) {
            PyObject *number = PyLong_FromLong(arcs[k]);
            if (!number || PyList_Append(found, number)) { Py_XDECREF(number); Py_DECREF(found); return NULL; }
            Py_DECREF(number);
        }
        if (u == w) return found;
        count = 0;
        int32_t a = s->depth[u], b = s->depth[w];
        if (a >= b) { arcs[count++] = s->rises[u] ? ~s->over[u] : s->over[u]; u = s->parent[u]; }
        if (b >= a) { arcs[count++] = s->rises[w] ? s->over[w] : ~s->over[w]; w = s->parent[w]; }
    }
}

static PyMethodDef methods[] = {
    {"run", simplex_run, METH_O, NULL}, {"flows", simplex_flows, METH_NOARGS, NULL},
    {"missed", simplex_missed, METH_NOARGS, NULL}, {"prices", simplex_prices, METH_NOARGS, NULL},
    {"levels", simplex_levels, METH_NOARGS, NULL}, {"over", simplex_over, METH_NOARGS, NULL},
    {"full", simplex_full, METH_NOARGS, NULL}, {"ray", simplex_ray, METH_NOARGS, NULL}, {0}};
static PyGetSetDef getters[] = {{"pivots", simplex_pivots, NULL, NULL, NULL},
                                {"work", simplex_work, NULL, NULL, NULL}, {0}};
static PyType_Slot slots[] = {{Py_tp_new, simplex_new}, {Py_tp_dealloc, simplex_dealloc}, {Py_tp_methods, methods},
                              {Py_tp_getset, getters}, {0, NULL}};
static PyType_Spec spec = {"pplp.engines.networks.network_simplex_core.Simplex", sizeof(Simplex), 0, Py_TPFLAGS_DEFAULT,
                           slots};

/* ---------------------------------------------------------------- loops over a network */
/* ends(starts, indices, values, columns): the rows that each column has a positive and a negative coefficient in, and
   the number of rows where it has none; None where coefficients are not 1 and -1, or a column has two of one sign. */
static PyObject *ends(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer starts, indices, values;
    Py_ssize_t columns;
    if (!PyArg_ParseTuple(args, "y*y*y*n", &starts, &indices, &values, &columns)) return NULL;
    Py_ssize_t rows = starts.len / 8 - 1, count = values.len / 8;
    const int64_t *begin = starts.buf;
    const int32_t *column = indices.buf;
    const double *value = values.buf;
    PyObject *tails = NULL, *heads = NULL, *found = NULL;
    int is_network = 1;
    if (rows < 0 || rows >= INT32_MAX || columns < 0 || indices.len != 4 * count || begin[0] != 0 || begin[rows] != count)
        PyErr_SetString(PyExc_ValueError, "arrays of another shape");
    else if ((tails = PyBytes_FromStringAndSize(NULL, columns * 4)) && (heads = PyBytes_FromStringAndSize(NULL, columns * 4))) {
        int32_t *tail = (int32_t *)PyBytes_AS_STRING(tails), *head = (int32_t *)PyBytes_AS_STRING(heads);
        for (Py_ssize_t j = 0; j < columns; j++) tail[j] = head[j] = (int32_t)rows;
        for (Py_ssize_t i = 0; i < rows && is_network; i++) {
            if (begin[i + 1] < begin[i] || begin[i + 1] > count) { is_network = 0; break; }
            for (int64_t k = begin[i]; k < begin[i + 1]; k++) {
                int32_t j = column[k], *end = value[k] == 1.0 ? tail : value[k] == -1.0 ? head : NULL;
                if (!end || j < 0 || j >= columns || end[j] != rows) { is_network = 0; break; }
                end[j] = (int32_t)i;
            }
        }
        found = is_network ? PyTuple_Pack(2, tails, heads) : Py_BuildValue("");
    }
    Py_XDECREF(tails); Py_XDECREF(heads);
    PyBuffer_Release(&starts); PyBuffer_Release(&indices); PyBuffer_Release(&values);
    return found;
}

/* wholes(doubles): the sum of the sizes of those that are finite, and are all of these whole? */
static PyObject *wholes(PyObject *Py_UNUSED(module), PyObject *numbers)
{
    Py_buffer view;
    if (PyObject_GetBuffer(numbers, &view, PyBUF_SIMPLE)) return NULL;
    const double *x = view.buf;
    double sum = 0.0;
    int are_whole = 1;
    for (Py_ssize_t k = 0; k < view.len / 8; k++) {
        if (isinf(x[k])) continue;
        sum += fabs(x[k]);
        are_whole &= x[k] == rint(x[k]);
    }
    PyBuffer_Release(&view);
    return Py_BuildValue("dN", sum, PyBool_FromLong(are_whole));
}

/* An array that is made here: bytes of so many numbers of a size; NULL once one could not be made. */
static void *made(PyObject **bytes, Py_ssize_t count, Py_ssize_t size, int *failed)
{
    *bytes = *failed ? NULL : PyBytes_FromStringAndSize(NULL, count * size);
    if (!*bytes) { *failed = 1; return NULL; }
    return PyBytes_AS_STRING(*bytes);
}

/* arcs(tails, heads, lower, upper, costs, low, high, maximize): the network of columns between these rows, with a
   slack for each row that is not an equation: tails, heads, capacities, costs, supplies of the rows, and the flow of
   each column where its arc is empty.  None if a column has no bounds, or bounds cross. */
static PyObject *arcs(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer tails, heads, lower, upper, costs, low, high;
    int maximize;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*y*p", &tails, &heads, &lower, &upper, &costs, &low, &high, &maximize))
        return NULL;
    Py_ssize_t columns = costs.len / 8, rows = low.len / 8, count = columns;
    const double *down = lower.buf, *up = upper.buf, *cost = costs.buf, *least = low.buf, *most = high.buf;
    const int32_t *from = tails.buf, *to = heads.buf;
    PyObject *found = NULL, *parts[6] = {NULL};
    int failed = 0, is_plain = 1;
    if (tails.len != 4 * columns || heads.len != 4 * columns || lower.len != costs.len || upper.len != costs.len
        || costs.len != 8 * columns || high.len != low.len || rows >= INT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "arrays of another shape");
        goto end;
    }
    for (Py_ssize_t j = 0; j < columns; j++) {
        if (!(down[j] <= up[j]) || down[j] == Py_HUGE_VAL || up[j] == -Py_HUGE_VAL) is_plain = 0;
        if ((isinf(down[j]) && isinf(up[j])) || from[j] < 0 || from[j] > rows || to[j] < 0 || to[j] > rows) is_plain = 0;
    }
    for (Py_ssize_t i = 0; i < rows; i++) {
        if (!(least[i] <= most[i]) || (isinf(least[i]) && isinf(most[i]))) is_plain = 0;
        count += least[i] != most[i];
    }
    if (!is_plain) { found = Py_BuildValue(""); goto end; }
    int32_t *tail = made(&parts[0], count, 4, &failed), *head = made(&parts[1], count, 4, &failed);
    double *capacity = made(&parts[2], count, 8, &failed), *price = made(&parts[3], count, 8, &failed);
    double *supply = made(&parts[4], rows, 8, &failed), *start = made(&parts[5], count, 8, &failed);
    if (failed) goto end;
    for (Py_ssize_t i = 0, k = columns; i < rows; i++) {
        supply[i] = least[i];
        if (least[i] == most[i]) continue;
        int falls = isinf(least[i]);
        supply[i] = 0.0;
        start[k] = falls ? most[i] : least[i];
        capacity[k] = most[i] - least[i];
        tail[k] = falls ? (int32_t)i : (int32_t)rows; /* a slack flows from the root into its row */
        head[k] = falls ? (int32_t)rows : (int32_t)i;
        price[k++] = 0.0;
        supply[i] = falls ? most[i] : least[i];
    }
    for (Py_ssize_t j = 0; j < columns; j++) {
        int falls = isinf(down[j]);
        double c = maximize ? -cost[j] : cost[j], f = falls ? up[j] : down[j];
        tail[j] = falls ? to[j] : from[j];
        head[j] = falls ? from[j] : to[j];
        capacity[j] = up[j] - down[j];
        price[j] = falls ? -c : c;
        start[j] = f;
        if (f != 0.0) {
            if (from[j] < rows) supply[from[j]] -= f;
            if (to[j] < rows) supply[to[j]] += f;
        }
    }
    found = PyTuple_Pack(6, parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
end:
    for (int k = 0; k < 6; k++) Py_XDECREF(parts[k]);
    PyBuffer_Release(&tails); PyBuffer_Release(&heads); PyBuffer_Release(&lower); PyBuffer_Release(&upper);
    PyBuffer_Release(&costs); PyBuffer_Release(&low); PyBuffer_Release(&high);
    return found;
}

/* verdict(tails, heads, capacities, costs, supplies, flows, prices, tolerance): 0: a flow and its duals prove
   each other optimal; 1: a flow is not within its capacity, 2: a node is out of balance, 3: an arc gains.  The root,
   which comes after the nodes with a supply, has the price 0. */
static PyObject *verdict(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer b[7];
    double tolerance;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*y*d", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &b[6], &tolerance))
        return NULL;
    Py_ssize_t m = b[3].len / 8, n = b[4].len / 8;
    const int32_t *tail = b[0].buf, *head = b[1].buf;
    const double *capacity = b[2].buf, *cost = b[3].buf, *supply = b[4].buf, *flow = b[5].buf, *price = b[6].buf;
    double *net = NULL;
    int found = 0;
    if (b[0].len != 4 * m || b[1].len != 4 * m || b[2].len != 8 * m || b[3].len != 8 * m || b[5].len != 8 * m
        || b[4].len != 8 * n || b[6].len != 8 * n)
        PyErr_SetString(PyExc_ValueError, "arrays of another shape");
    else if (!(net = PyMem_RawCalloc(2 * (size_t)n + 2, sizeof(double)))) PyErr_NoMemory();
    else {
        double *size = net + n + 1; /* the largest flow at each node */
        for (Py_ssize_t a = 0; a < m && !found; a++) {
            Py_ssize_t t = tail[a], h = head[a];
            if (t < 0 || t > n || h < 0 || h > n || !(flow[a] >= 0.0 && flow[a] <= capacity[a] && flow[a] < Py_HUGE_VAL)) {
                found = 1;
                break;
            }
            net[t] += flow[a]; net[h] -= flow[a];
            if (flow[a] > size[t]) size[t] = flow[a];
            if (flow[a] > size[h]) size[h] = flow[a];
            double pt = t < n ? price[t] : 0.0, ph = h < n ? price[h] : 0.0;
            double excess = (cost[a] - pt) + ph;
            if (fabs(excess) <= tolerance * ((fabs(cost[a]) + fabs(pt)) + fabs(ph))) continue;
            if ((excess > 0.0 && flow[a] != 0.0) || (excess < 0.0 && flow[a] != capacity[a])) found = 3;
        }
        for (Py_ssize_t v = 0; v < n && !found; v++) {
            double off = fabs(net[v] - supply[v]);
            if (!(off <= tolerance * (size[v] + fabs(supply[v])))) found = 2;
        }
    }
    int is_done = net != NULL;
    PyMem_RawFree(net);
    for (int k = 0; k < 7; k++) PyBuffer_Release(&b[k]);
    return is_done ? PyLong_FromLong(found) : NULL;
}

static PyMethodDef functions[] = {
    {"ends", ends, METH_VARARGS, NULL}, {"wholes", wholes, METH_O, NULL}, {"arcs", arcs, METH_VARARGS, NULL},
    {"verdict", verdict, METH_VARARGS, NULL}, {0}};


static int executed(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&spec);
    if (!type) return -1;
    int code = PyModule_AddObject(module, "Simplex", type); /* takes the reference, unless it fails */
    if (code) Py_DECREF(type);
    return code;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, executed},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
    {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "pplp.engines.networks.network_simplex_core", NULL, 0,
                                        functions, module_slots, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit_network_simplex_core(void) { return PyModuleDef_Init(&definition); }
