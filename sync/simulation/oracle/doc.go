// Package oracle folds scans the naive way: it takes the facts of a book as the
// devices sent them, sorts them by their key, books one after the other onto
// empty shelves, and says what the books must hold. The engine is right where it
// ends with the same books, whatever order the facts reached it in.
//
// # Use
//
// Give Fold the master data and the facts with their stamped moments; compare
// what it returns with the engine's balances, values, positions and open holds.
//
// # Promised
//
// Fold is a plain sort and one pass. It reads the intents' JSON itself, imports
// the standard library only (a test keeps it so), shares no code with the engine,
// and takes no shortcut for speed: where the two disagree, one of them has
// misread the rules. Numbers are exact. No bytes of an intent make it panic; what
// it cannot read is an error that names the fact.
//
// # Owed by callers
//
// The facts are those that are booked: what was parked, refused or a repeat is
// left out by the caller, and so is an undo by someone without the right to it.
// Moments and the holds that a release names are fixed at receipt and given as
// they were stamped, and so is the evidence under which an ask is shown. Barcodes are plain: GS1 element strings are not read, and a
// missing site is main, not the device's.
//
// # Decisions
//
// Where the rules leave room, and what both engine and oracle therefore do.
//
// What is meant:
//   - A line that names its own product or scan does not take the intent's other
//     one. A barcode's pack counts only for the barcode's own product; it is in
//     that product's unit, whatever unit the line says. Without a barcode a missing
//     quantity is 1 of the unit said. A serial is 1 whatever its barcode's pack is;
//     counted without a quantity it is there.
//   - Units and barcodes stand for what they stood for at the moment of the fact;
//     what had no meaning yet then has that which it got first.
//   - A scan is a barcode, as it is or without its AIM identifier, what it was
//     mapped to, or a product's code. Mappings are read from map facts; of two on
//     one code that of lower K stands, and an undo of one changes no meaning.
//   - A serial without a product is of the product with which it is first named, in
//     order of K, over all facts, undone ones too.
//   - The missing from of pack and unpack is stock. A move says both places; of a
//     serial or package the to alone will do.
//   - A place is of quarantine by its own kind only, not by what it stands in.
//   - Products that are not stock-kept book nothing; packages on such lines are
//     sighted all the same.
//   - Of the negative settings the product's stands before the site's, that before
//     one for all sites. Which pools there are is not dated: the last setting holds
//     from the beginning. Costing is dated, by a setting or by the product.
//   - A product's own loss place is dated. What counts miss and find goes there and
//     comes from there, and so does what auto-add brings; what a pool cannot take of a
//     difference in costs goes to the company's.
//
// Taking and arriving:
//   - "A package named" reaches for held goods only where the package is the source:
//     goods packed from a shelf without lot are the shelf's available ones.
//   - A status said on an add is no status of arrival; it lands as everything else.
//   - A package is a physical holder wherever it stands: what is in it has a status
//     and can be short, also in transit.
//   - A line books its available part before its held part, each for itself.
//   - What a hold covers may lie at a virtual place too: a piece on hold
//     that is scanned out from production goes to breach.
//
// Holds:
//   - An isolate without quantity is a hold on the serial if one is named, else on
//     product and lot, else on the package, else on the place.
//   - A release that ends holds does nothing else, whatever quantity or to it has,
//     and makes no package known.
//   - A serial or package brought somewhere by its hold keeps its status, also in a
//     quarantine place, and is not judged short.
//
// Serials:
//   - A serial at the holder where a line brings it stays as it is, unless the line
//     isolates, releases, or counts a status. Counted with a status it has that
//     status from then on; counted 0 with a status that it has not, nothing happens.
//   - A count is never short, also where it moves a piece.
//
// Packages:
//   - What a line says of its package as such (sighting, nesting) happens before its
//     goods move: goods packed to a quarantine place arrive held.
//   - A package's goods are held from then on when it enters a quarantine place, by
//     whatever sighting but that of its own hold, and when a move or unpack takes it
//     out of the scope of a hold on a location or package.
//   - remove, scrap, assemble of a package alone empty it, and what is nested in it,
//     and it stands where its goods went, out of its parent. unpack (and isolate or
//     release by lines) of a package alone empties it likewise, and it stays. None of
//     these is short: each cell goes as it is. add and disassemble of a package alone
//     are sightings that take it out of its parent, like a move.
//   - A count of a package with a product is no sighting; of a package alone with
//     quantity 0 nothing.
//   - A package never sighted stands at the from of the line that first named it
//     (of add and disassemble, the to); a package named as the outer one likewise.
//   - Goods in a package that is sighted in another cost pool change pools with it,
//     in order of product, lot, serial, status, package; at a virtual place they are
//     out of all pools.
//
// Costs. Values are whole minor units; a part of a value is value × part / whole,
// rounded half up, and all of what is left takes all:
//   - A pool holds layers or owes, never both. An average pool is one layer.
//   - The current cost: average, quantity above 0: value / quantity, rounded half up
//     to 6 decimals; else the unit cost of the last receipt or removal. fifo: the unit
//     cost of the layer last touched, a receipt touching its own even where it only
//     covers. A layer keeps its unit cost; one that came with a value has value /
//     quantity, rounded half up to 6 decimals. Before anything is known it is 0.
//   - A receipt is worth quantity × unit cost, rounded half up once. Every part of a
//     line that leaves a pool is a removal of its own, the available one first.
//   - Beyond what the pool has, a removal is worth quantity × current cost, rounded
//     half up, and is owed. A receipt covers what is owed, the oldest first; each
//     removal covered takes its part of what the receipt still has, and the difference
//     to its part of what was owed goes where the goods went.
//   - Between pools goods carry their layers; below zero one more at the last known
//     cost. A difference for goods that went to another pool lands on its youngest
//     layer, not below zero; what it cannot take goes to loss.
//   - Costs, references and deliveries said are of a line's own goods. What comes along
//     in its package comes at the current cost.
//   - Costs said count for add and count. A count's total cost is for all that was
//     counted; its difference takes its part.
//   - An intent's total cost is shared over the lines without a cost, by quantity in
//     the product's own unit: each takes its part of what is left.
//   - A return (add from a customer place, with a reference) is worth its part of what
//     all earlier removals to that place under that reference came to by then,
//     differences included; beyond their quantity the current cost; rounded once. Only
//     remove counts as such a removal, and only what left a pool.
//   - A disassembly is worth its part of what that asset took by then, without limit;
//     an asset that took none of it gives it at the current cost.
//   - The shortfall of auto-add and refuse comes in at the current cost.
//
// Asking for a supervisor:
//   - An ask is open whatever became of the scan it is about: refused, parked, undone,
//     healed, or never come. It books nothing and changes nothing about that scan. Two
//     about one scan are two, each answered for itself.
//   - A device asks about what it scanned itself under the same install, a supervisor
//     about anything; which scan is meant is read as of an undo.
//   - An undone ask is cleared; where its undo is undone it is as it was, with what was
//     decided on it.
//   - Of the decisions on it that are not undone the last by K counts, also where it came
//     before the ask or is of an earlier moment. A take or a leave, or one that saw
//     something else than the ask says, decides nothing, and opens what one before it
//     had closed. Whoever took it last has it until somebody takes or leaves it.
//   - What an ask says never changes.
//
// Counts and sessions:
//   - A count whose clock is c takes part only where a supervisor's decide, that is
//     not undone, accepts the exception doubtful_count of its identity; a command does.
//   - Lines of one count that add up also add up what they cost: of unit costs the
//     first stands.
//   - In a session, lines of one count on the same cell add up first; then the last
//     count per section and cell stands. A serial seen by one section is there.
//   - A session was opened by its first session-open; each complete close looks at its
//     own place, and sets to zero, cell by cell and against loss, what is not empty
//     there. A line of the session, whenever it was counted, covers the cells that it
//     names: one without lot, serial and status all cells of its product there. Any
//     other fact since the opening keeps a cell that names the product, that place and
//     the same lot (of a piece: the same serial), one that books nothing too; so does
//     one that brought goods into that very cell or out of it.
package oracle
