// What a refusal must say shows only for who is refused; the seats left follow the choices. The server decides.
const seats = document.querySelector("[data-seats]");
const told = document.querySelector("[data-seats-left]");
const lines = [...document.querySelectorAll("[data-line]")];

function chosen(line) {
  return line.querySelector("input[type=radio]:checked")?.value ?? "";
}

function update() {
  for (const line of lines) {
    const refusal = line.querySelector("[data-refusal]");
    if (refusal) refusal.hidden = chosen(line) !== "refuse";
  }
  if (!told) return;
  const left = Number(seats.dataset.seats) - lines.filter((line) => chosen(line) === "admit").length;
  seats.classList.toggle("is-over", left < 0);
  told.textContent =
    left < 0
      ? `${-left} de trop : il n'y a que ${seats.dataset.seats} place${Number(seats.dataset.seats) > 1 ? "s" : ""} à donner`
      : `${left} place${left > 1 ? "s" : ""} encore à donner`;
}

document.addEventListener("change", update);
update();
