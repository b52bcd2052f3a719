"use client";
import { Component, type ReactNode } from "react";

export class ErrorBoundary extends Component<{ children?: ReactNode }, { failed: boolean }> {
  state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  render() {
    return this.state.failed ? <p role="alert">Something went wrong</p> : this.props.children;
  }
}
