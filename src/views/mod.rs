//! What people see: state -> view model -> Handlebars -> HTML. No I/O, no JavaScript.
